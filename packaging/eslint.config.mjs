// Strict rules for the one script that reports carry: it must not leak names into the page.
const browser = Object.fromEntries(
  ["atob", "cancelAnimationFrame", "devicePixelRatio", "document", "getComputedStyle",
   "matchMedia", "performance", "requestAnimationFrame", "ResizeObserver", "IntersectionObserver",
   "window", "addEventListener", "setTimeout", "clearTimeout", "console", "URL", "Blob", "Path2D",
  ].map((name) => [name, "readonly"]),
);

export default [
  {
    languageOptions: { ecmaVersion: 2022, sourceType: "script", globals: browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-undef": "error",
      "no-unused-vars": "error",
      "no-implicit-globals": "error",
      "no-shadow": "error",
      "no-var": "error",
      "prefer-const": "error",
      eqeqeq: "error",
      strict: ["error", "function"],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-console": "error",
      complexity: ["error", 16],
      "max-lines-per-function": ["error", { max: 700, skipBlankLines: true, skipComments: true }],
    },
  },
];
