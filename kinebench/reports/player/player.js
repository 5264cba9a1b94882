// Moves the skeletons of every figure.player in the page. No library, no network, no globals.
(() => {
  "use strict";

  const MISSING = -32768;
  const DISTANCE = 4.5; // m from eye to target: how strong perspective is
  const SHAFT = 0.2; // control point of a bone's outline, over its radius at the ends
  const GRID = 0.5; // m
  const REACH = 2.3; // m, where the ground fades out
  const FADES = [0.55, 0.42, 0.3, 0.18, 0.08];
  const THUMB = 16; // px, width of the slider's thumb, as in player.css
  const HOME_PITCH = 0.16;
  const VIEWS = { side: [0, 0.07], oblique: [0.7, HOME_PITCH], front: [Math.PI / 2, 0.07] };

  // ---- what the page holds -----------------------------------------------------------------

  // what encoding.py wrote: bends of courses, seven bits a byte, summed up twice
  function courses(text, frames) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    let n = 0;
    for (const byte of bytes) n += byte < 128;
    const values = new Int32Array(n);
    const columns = n / frames;
    for (let i = 0, at = 0; i < n; i++) {
      let number = 0;
      for (let shift = 0, byte = 128; byte > 127; shift += 7) {
        byte = bytes[at++];
        number |= (byte & 127) << shift;
      }
      const bend = number & 1 ? -(number + 1) / 2 : number / 2;
      const before = i < columns ? 0 : values[i - columns];
      const earlier = i < 2 * columns ? 0 : values[i - 2 * columns];
      values[i] = bend + 2 * before - earlier;
    }
    return values;
  }

  function scaled(text, frames, step, offsets) {
    const whole = courses(text, frames);
    const values = new Float32Array(whole.length);
    for (let i = 0; i < whole.length; i++) {
      const offset = offsets ? offsets[i % offsets.length] : 0;
      values[i] = whole[i] === MISSING ? NaN : whole[i] * step + offset;
    }
    return values;
  }

  function readTrial(text) {
    const trial = JSON.parse(text);
    for (const skeleton of trial.skeletons) {
      skeleton.positions = scaled(skeleton.positions, trial.frames, trial.step, trial.middle);
      skeleton.path = rootPath(skeleton, trial);
      skeleton.now = new Float32Array(3 * skeleton.points);
    }
    const [reference, estimate] = trial.skeletons;
    trial.modes = {
      turns: {
        what: "mean of segments",
        unit: "°",
        digits: 1,
        top: trial.turns.top,
        columns: estimate.bodies.length,
        values: scaled(trial.turns.values, trial.frames, trial.turns.step),
        names: estimate.bodies,
      },
      gaps: {
        what: "mean of joints",
        unit: " mm",
        digits: 0,
        top: trial.gaps.top,
        columns: estimate.points,
        values: gaps(reference, estimate, trial),
        names: estimate.joints,
      },
    };
    for (const mode of Object.values(trial.modes)) mode.means = means(mode, trial.frames);
    return trial;
  }

  // mm between the same points of both skeletons, (frames, points of the estimate)
  function gaps(reference, estimate, trial) {
    const values = new Float32Array(trial.frames * estimate.points).fill(NaN);
    for (let frame = 0; frame < trial.frames; frame++) {
      trial.gaps.points.forEach((partner, point) => {
        if (partner < 0) return;
        const a = 3 * (frame * reference.points + partner);
        const b = 3 * (frame * estimate.points + point);
        const [p, q] = [reference.positions, estimate.positions];
        const gap = Math.hypot(q[b] - p[a], q[b + 1] - p[a + 1], q[b + 2] - p[a + 2]);
        values[frame * estimate.points + point] = 1000 * gap;
      });
    }
    return values;
  }

  // mean over what a joint hangs on, in every frame
  function means(mode, frames) {
    const result = new Float32Array(frames);
    for (let frame = 0; frame < frames; frame++) {
      let sum = 0;
      let count = 0;
      for (let i = 0; i < mode.names.length; i++) {
        const value = mode.values[frame * mode.columns + i];
        if (value === value) {
          sum += value;
          count += 1;
        }
      }
      result[frame] = count ? sum / count : NaN;
    }
    return result;
  }

  // where the eye rests, (frames, x z): the root's middle, or its path over a second when it walks
  function rootPath(skeleton, trial) {
    const stride = 3 * skeleton.points;
    const raw = [0, 2].map((axis) => {
      const values = [];
      let last = NaN;
      for (let frame = 0; frame < trial.frames; frame++) {
        const value = skeleton.positions[frame * stride + axis];
        if (value === value) last = value;
        values.push(last);
      }
      const first = values.find((value) => value === value) || 0;
      return values.map((value) => (value === value ? value : first));
    });
    const range = (values) => Math.max(...values) - Math.min(...values);
    const walks = Math.max(range(raw[0]), range(raw[1])) > 0.8;
    const half = walks ? Math.round(0.6 * trial.rate) : trial.frames;
    return raw.map((values) => slidingMean(values, half));
  }

  function slidingMean(values, half) {
    const sums = [0];
    for (const value of values) sums.push(sums[sums.length - 1] + value);
    return values.map((_, i) => {
      // the same reach on both sides, so that the path has no lag at its ends
      const reach = half >= values.length ? half : Math.min(half, i, values.length - 1 - i);
      const from = Math.max(0, i - reach);
      const to = Math.min(values.length, i + reach + 1);
      return (sums[to] - sums[from]) / (to - from);
    });
  }

  // ---- drawing ------------------------------------------------------------------------------

  class Scene {
    constructor(trial) {
      this.trial = trial;
      this.yaw = trial.yaw + VIEWS.oblique[0];
      this.pitch = HOME_PITCH;
      this.zoom = 1;
      this.layout = "overlay";
      this.mode = "turns";
      this.grounds = [];
      this.spread = spreadOf(trial);
      this.spots = trial.skeletons.map((s) => new Float32Array(4 * s.points));
      this.shadows = trial.skeletons.map((s) => new Float32Array(4 * s.points));
    }

    // fill each skeleton's `now` for a moment between two frames
    pose(clock) {
      const low = Math.floor(clock);
      const share = clock - low;
      const high = Math.min(low + 1, this.trial.frames - 1);
      for (const { now, positions, points } of this.trial.skeletons) {
        const [a, b] = [3 * points * low, 3 * points * high];
        for (let i = 0; i < now.length; i++) {
          now[i] = share ? positions[a + i] * (1 - share) + positions[b + i] * share
            : positions[a + i];
        }
      }
      this.frame = Math.round(clock);
    }

    draw(context, width, height, theme) {
      const pixels = context.canvas.width / width;
      context.setTransform(pixels, 0, 0, pixels, 0, 0);
      context.clearRect(0, 0, width, height);
      context.lineJoin = "round";
      context.lineCap = "round";
      const beside = this.layout === "beside";
      const views = beside ? [[0], [1]] : [[0, 1]];
      const w = width / views.length;
      this.outlines = [];
      views.forEach((shown, column) => {
        const camera = this.camera(shown, column * w, w, height);
        context.save();
        context.beginPath();
        context.rect(column * w, 0, w, height);
        context.clip();
        this.drawGround(context, camera, column, theme);
        for (const one of shown) this.place(camera, one);
        drawShadow(context, camera, shown, this, theme);
        if (shown.includes(1)) this.drawBones(context, camera, 1, theme);
        if (shown.includes(0)) {
          if (beside) this.drawBones(context, camera, 0, theme);
          else drawLines(context, camera, this.trial.skeletons[0], this.spots[0], theme);
        }
        context.restore();
      });
    }

    camera(shown, x, width, height) {
      const { trial } = this;
      const frame = this.frame;
      const at = (axis) =>
        shown.reduce((sum, one) => sum + trial.skeletons[one].path[axis][frame], 0) / shown.length;
      const span = 1.35 + (shown.length > 1 ? this.spread : 0);
      const perMetre = this.zoom * Math.min((0.8 * height) / trial.top, (0.94 * width) / span);
      return makeCamera(this.yaw, this.pitch, {
        x: x + width / 2,
        y: height * 0.5,
        perMetre,
        target: [at(0), trial.floor + 0.48 * trial.top, at(1)],
        floor: trial.floor,
      });
    }

    // the lines of the ground stay as they are while the camera rests
    drawGround(context, camera, column, theme) {
      const { perMetre, x, y, target } = camera;
      const key = [this.yaw, this.pitch, perMetre, x, y, ...target].join();
      if (this.grounds[column]?.key !== key) {
        this.grounds[column] = { key, paths: groundPaths(camera) };
      }
      context.strokeStyle = theme.soft;
      context.lineWidth = 0.8;
      this.grounds[column].paths.forEach((path, i) => {
        context.globalAlpha = FADES[i] * 0.7;
        context.stroke(path);
      });
      context.globalAlpha = 1;
    }

    // spots: x, y in px, nearness in m, px per m; shadows: the same on the floor
    place(camera, one) {
      const { now } = this.trial.skeletons[one];
      const [spots, shadows] = [this.spots[one], this.shadows[one]];
      for (let p = 0; 3 * p < now.length; p++) {
        camera.see(now[3 * p], now[3 * p + 1], now[3 * p + 2], spots, 4 * p);
        camera.see(now[3 * p], camera.floor, now[3 * p + 2], shadows, 4 * p);
      }
    }

    drawBones(context, camera, one, theme) {
      const skeleton = this.trial.skeletons[one];
      const spots = this.spots[one];
      const shapes = [];
      for (const plate of skeleton.plates) {
        const depth = mean(plate.slice(1).map((p) => spots[4 * p + 2])) - 0.05;
        if (depth === depth) shapes.push([depth, plate, true]);
      }
      for (const bone of skeleton.bones) {
        const depth = (spots[4 * bone[1] + 2] + spots[4 * bone[2] + 2]) / 2;
        if (depth === depth) shapes.push([depth, bone, false]);
      }
      shapes.sort((a, b) => a[0] - b[0]);
      for (const [, shape, isPlate] of shapes) {
        context.beginPath();
        if (isPlate) tracePlate(context, shape, spots);
        else traceBone(context, shape, spots);
        context.fillStyle = one === 0 ? theme.plain : this.fill(context, shape, isPlate, theme);
        context.globalAlpha = isPlate ? 0.45 : 1;
        context.fill();
        context.globalAlpha = isPlate ? 0.35 : 0.75;
        context.strokeStyle = theme.soft;
        context.lineWidth = 0.8;
        context.stroke();
        context.globalAlpha = 1;
        if (one === 1 && !isPlate) this.outlines.push([shape, spots]);
      }
    }

    fill(context, shape, isPlate, theme) {
      const mode = this.trial.modes[this.mode];
      const error = (column) => mode.values[this.frame * mode.columns + column];
      if (this.mode === "turns") return theme.tone(error(shape[0]), mode.top);
      if (isPlate) return theme.tone(mean(shape.slice(1).map(error)), mode.top);
      const [start, end] = [error(shape[1]), error(shape[2])];
      const spots = this.spots[1];
      const [a, b] = [4 * shape[1], 4 * shape[2]];
      if (shape[1] === shape[2]) return theme.tone(start, mode.top);
      const blend = context.createLinearGradient(
        spots[a], spots[a + 1], spots[b], spots[b + 1] + 0.01,
      );
      blend.addColorStop(0, theme.tone(start, mode.top));
      blend.addColorStop(1, theme.tone(end, mode.top));
      return blend;
    }

    // the estimate's bone at a place in the picture
    boneAt(x, y) {
      let best = null;
      let nearest = 9;
      for (const [bone, spots] of this.outlines || []) {
        const [a, b] = [4 * bone[1], 4 * bone[2]];
        const [dx, dy] = [spots[b] - spots[a], spots[b + 1] - spots[a + 1]];
        const square = dx * dx + dy * dy;
        const raw = square ? ((x - spots[a]) * dx + (y - spots[a + 1]) * dy) / square : 0;
        const share = Math.min(1, Math.max(0, raw));
        const [px, py] = [spots[a] + share * dx, spots[a + 1] + share * dy];
        const gap = Math.hypot(x - px, y - py) - bone[3] * spots[a + 3];
        if (gap < nearest) {
          nearest = Math.max(gap, 0);
          best = { bone, share };
        }
      }
      return best;
    }
  }

  function makeCamera(yaw, pitch, place) {
    const [s, c, v, w] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
    const [tx, ty, tz] = place.target;
    const see = (px, py, pz, into, at) => {
      const [x, y, z] = [px - tx, py - ty, pz - tz];
      const near = Math.min(x * s * w + y * v + z * c * w, DISTANCE - 0.4);
      const perMetre = (place.perMetre * DISTANCE) / (DISTANCE - near);
      into[at] = place.x + perMetre * (x * c - z * s);
      into[at + 1] = place.y - perMetre * (y * w - x * s * v - z * c * v);
      into[at + 2] = near;
      into[at + 3] = perMetre;
    };
    return { see, ...place };
  }

  function groundPaths(camera) {
    const paths = FADES.map(() => new Path2D());
    const spot = new Float32Array(8);
    for (const across of [0, 2]) {
      const along = 2 - across;
      const [centre, other] = [camera.target[across], camera.target[along]];
      const first = Math.ceil((centre - REACH) / GRID) * GRID;
      for (let line = first; line < centre + REACH; line += GRID) {
        const half = Math.sqrt(Math.max(0, REACH * REACH - (line - centre) ** 2));
        const n = Math.max(2, Math.ceil(half / 0.25));
        for (let i = 0; i < n; i++) {
          const [from, to] = [i, i + 1].map((k) => other - half + (2 * half * k) / n);
          const distance = Math.hypot(line - centre, (from + to) / 2 - other) / REACH;
          const path = paths[Math.min(FADES.length - 1, Math.floor(distance * FADES.length))];
          const point = (value, at) => {
            if (across === 0) camera.see(line, camera.floor, value, spot, at);
            else camera.see(value, camera.floor, line, spot, at);
          };
          point(from, 0);
          point(to, 4);
          path.moveTo(spot[0], spot[1]);
          path.lineTo(spot[4], spot[5]);
        }
      }
    }
    return paths;
  }

  function drawShadow(context, camera, shown, scene, theme) {
    context.strokeStyle = theme.ink;
    context.globalAlpha = theme.dark ? 0.16 : 0.09;
    context.lineWidth = 0.05 * camera.perMetre;
    context.beginPath();
    for (const one of shown) {
      const spots = scene.shadows[one];
      for (const [, a, b] of scene.trial.skeletons[one].bones) {
        if (spots[4 * a] !== spots[4 * a] || spots[4 * b] !== spots[4 * b]) continue;
        context.moveTo(spots[4 * a], spots[4 * a + 1]);
        context.lineTo(spots[4 * b], spots[4 * b + 1] + 0.01);
      }
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  function traceBone(context, [, from, to, radius], spots) {
    const [a, b] = [4 * from, 4 * to];
    const [x1, y1, x2, y2] = [spots[a], spots[a + 1], spots[b], spots[b + 1]];
    const [r1, r2] = [radius * spots[a + 3], radius * spots[b + 3]];
    const length = Math.hypot(x2 - x1, y2 - y1);
    if (from === to || length < 0.5) {
      context.arc(x1, y1, r1, 0, 2 * Math.PI);
      return;
    }
    const [nx, ny] = [(y1 - y2) / length, (x2 - x1) / length];
    const turn = Math.atan2(ny, nx);
    const waist = (SHAFT * (r1 + r2)) / 2;
    const [mx, my] = [(x1 + x2) / 2, (y1 + y2) / 2];
    context.moveTo(x1 + r1 * nx, y1 + r1 * ny);
    context.quadraticCurveTo(mx + waist * nx, my + waist * ny, x2 + r2 * nx, y2 + r2 * ny);
    context.arc(x2, y2, r2, turn, turn + Math.PI, true);
    context.quadraticCurveTo(mx - waist * nx, my - waist * ny, x1 - r1 * nx, y1 - r1 * ny);
    context.arc(x1, y1, r1, turn + Math.PI, turn, true);
    context.closePath();
  }

  function tracePlate(context, [, ...points], spots) {
    points.forEach((p, i) => {
      if (i) context.lineTo(spots[4 * p], spots[4 * p + 1]);
      else context.moveTo(spots[4 * p], spots[4 * p + 1]);
    });
    context.closePath();
  }

  // the reference over the estimate: thin lines that keep clear of what they cross
  function drawLines(context, camera, skeleton, spots, theme) {
    const lines = new Path2D();
    const joints = new Path2D();
    for (const [, a, b, radius] of skeleton.bones) {
      const [x1, y1, x2, y2] = [spots[4 * a], spots[4 * a + 1], spots[4 * b], spots[4 * b + 1]];
      if (x1 !== x1 || x2 !== x2) continue;
      const r = radius * spots[4 * a + 3];
      lines.moveTo(a === b ? x1 + r : x1, y1);
      if (a === b) lines.arc(x1, y1, r, 0, 2 * Math.PI);
      else lines.lineTo(x2, y2);
    }
    for (let p = 0; p < skeleton.bodies.length; p++) {
      if (spots[4 * p] !== spots[4 * p]) continue;
      joints.moveTo(spots[4 * p] + 2.6, spots[4 * p + 1]);
      joints.arc(spots[4 * p], spots[4 * p + 1], 2.6, 0, 2 * Math.PI);
    }
    context.strokeStyle = theme.ground;
    context.globalAlpha = 0.75;
    context.lineWidth = 3.6;
    context.stroke(lines);
    context.globalAlpha = 1;
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.5;
    context.stroke(lines);
    context.fillStyle = theme.ink;
    context.fill(joints);
  }

  function mean(values) {
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  }

  // how far apart the skeletons stand, m: the picture must hold both
  function spreadOf(trial) {
    const [one, other] = trial.skeletons.map((skeleton) => skeleton.path);
    let most = 0;
    for (let frame = 0; frame < trial.frames; frame++) {
      const gap = Math.hypot(one[0][frame] - other[0][frame], one[1][frame] - other[1][frame]);
      if (gap > most) most = gap;
    }
    return most;
  }

  function readTheme(figure, trial) {
    const style = getComputedStyle(figure);
    const value = (name) => style.getPropertyValue(name).trim();
    const dark = value("--player-dark") === "1";
    const tones = dark ? trial.dark : trial.light;
    const plain = value("--player-bone");
    const tone = (error, top) => {
      if (error !== error) return plain;
      return tones[Math.round(Math.min(1, error / top) * (tones.length - 1))];
    };
    return {
      dark, tones, tone, plain,
      ink: value("--ink"), soft: value("--soft"), ground: value("--ground"),
    };
  }

  // ---- the player ---------------------------------------------------------------------------

  class Player {
    constructor(figure) {
      this.figure = figure;
      const find = (name) => figure.querySelector(`.player-${name}`);
      this.canvas = find("canvas");
      this.strip = find("strip");
      this.slider = find("slider");
      this.parts = {
        play: find("play"), clock: find("clock"), head: find("head"), tip: find("tip"),
        most: find("most"), peak: find("peak"), ticks: find("ticks"), stage: find("stage"),
      };
      this.trial = readTrial(figure.querySelector("script").textContent);
      this.scene = new Scene(this.trial);
      this.context = this.canvas.getContext("2d");
      this.clock = this.trial.first;
      this.playing = false;
      this.speed = 1;
      this.pending = 0;
      this.slider.max = this.trial.frames - 1;
      find("tag-reference").append(this.trial.names[0]);
      find("tag-estimate").append(this.trial.names[1]);
      find("live").hidden = false;
      figure.classList.add("player-is-live");
      this.listen(find);
      this.restyle();
    }

    listen(find) {
      this.parts.play.addEventListener("click", () => this.toggle());
      this.slider.addEventListener("input", () => this.seek(Number(this.slider.value)));
      find("speed").addEventListener("change", (event) => {
        this.speed = Number(event.target.value);
      });
      find("colour").addEventListener("change", (event) => {
        this.scene.mode = event.target.value;
        this.restyle();
      });
      find("layout").addEventListener("change", (event) => {
        this.scene.layout = event.target.value;
        this.figure.classList.toggle("player-is-beside", this.scene.layout === "beside");
        this.schedule();
      });
      for (const button of this.figure.querySelectorAll("[data-view]")) {
        button.addEventListener("click", () => {
          const [turn, pitch] = VIEWS[button.dataset.view];
          this.look(this.trial.yaw + turn, pitch, 1);
        });
      }
      this.figure.addEventListener("keydown", (event) => this.press(event));
      this.listenToPointer();
      new ResizeObserver(() => this.restyle()).observe(this.parts.stage);
      for (const query of ["(prefers-color-scheme: dark)", "print"]) {
        matchMedia(query).addEventListener("change", () => this.restyle());
      }
      new IntersectionObserver(([entry]) => {
        if (!entry.isIntersecting) this.pause();
      }).observe(this.parts.stage);
    }

    listenToPointer() {
      const { canvas } = this;
      let last = null;
      canvas.addEventListener("pointerdown", (event) => {
        canvas.setPointerCapture(event.pointerId);
        last = [event.clientX, event.clientY];
        this.point(event);
      });
      canvas.addEventListener("pointermove", (event) => {
        if (last === null) {
          this.point(event);
          return;
        }
        const { yaw, pitch, zoom } = this.scene;
        const [dx, dy] = [event.clientX - last[0], event.clientY - last[1]];
        last = [event.clientX, event.clientY];
        this.parts.tip.hidden = true;
        this.look(yaw - 0.009 * dx, pitch + 0.007 * dy, zoom);
      });
      for (const name of ["pointerup", "pointercancel"]) {
        canvas.addEventListener(name, () => {
          last = null;
        });
      }
      canvas.addEventListener("pointerleave", () => {
        this.parts.tip.hidden = true;
      });
      canvas.addEventListener(
        "wheel",
        (event) => {
          if (!event.ctrlKey) return; // the page scrolls
          event.preventDefault();
          const { yaw, pitch, zoom } = this.scene;
          this.look(yaw, pitch, zoom * Math.exp(-event.deltaY / 200));
        },
        { passive: false },
      );
    }

    press(event) {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const onCanvas = event.target === this.canvas;
      const onSlider = event.target === this.slider;
      const { yaw, pitch, zoom } = this.scene;
      const turns = {
        ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.08], ArrowDown: [0, -0.08],
      };
      const steps = { ",": -1, ".": 1 };
      const zooms = { "+": 1.15, "=": 1.15, "-": 1 / 1.15 };
      if (event.key === " " && (onCanvas || onSlider)) this.toggle();
      else if (event.key in steps) this.seek(Math.round(this.clock) + steps[event.key]);
      else if (onCanvas && event.key in turns) {
        const [dx, dy] = turns[event.key];
        this.look(yaw + dx, pitch + dy, zoom);
      } else if (onCanvas && event.key in zooms) this.look(yaw, pitch, zoom * zooms[event.key]);
      else if (onCanvas && event.key === "Home") this.seek(0);
      else if (onCanvas && event.key === "End") this.seek(this.trial.frames - 1);
      else return;
      event.preventDefault();
    }

    look(yaw, pitch, zoom) {
      this.scene.yaw = yaw;
      this.scene.pitch = Math.min(1.4, Math.max(-0.1, pitch));
      this.scene.zoom = Math.min(4, Math.max(0.5, zoom));
      this.schedule();
    }

    // the name and error of the bone under the pointer
    point(event) {
      const { tip } = this.parts;
      const box = this.canvas.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      const found = this.scene.boneAt(x, y);
      tip.hidden = found === null;
      if (found === null) return;
      const mode = this.trial.modes[this.scene.mode];
      const [body, start, end] = found.bone;
      const at = (column) => mode.values[this.scene.frame * mode.columns + column];
      // of a joint when the nearer end is one; else of the joint that the body hangs on
      const point = found.share > 0.5 && end < mode.names.length ? end : start;
      const column = this.scene.mode === "turns" ? body : Math.min(point, mode.names.length - 1);
      tip.textContent = `${mode.names[column]} ${told(at(column), mode)}`;
      tip.style.transform = `translate(${Math.min(x + 12, box.width - 150)}px, ${y - 12}px)`;
    }

    toggle() {
      if (this.playing) this.pause();
      else this.start();
    }

    start() {
      this.playing = true;
      this.last = null;
      this.parts.tip.hidden = true;
      this.mark();
      this.schedule();
    }

    pause() {
      if (!this.playing) return;
      this.playing = false;
      this.clock = Math.round(this.clock);
      this.mark();
      this.schedule();
    }

    mark() {
      this.parts.play.setAttribute("aria-label", this.playing ? "Pause" : "Play");
      this.figure.classList.toggle("player-is-playing", this.playing);
    }

    seek(frame) {
      this.pause();
      this.clock = Math.min(this.trial.frames - 1, Math.max(0, frame));
      this.schedule();
    }

    schedule() {
      if (!this.pending) this.pending = requestAnimationFrame((now) => this.tick(now));
    }

    // the trial's own time, however often the screen is drawn
    tick(now) {
      this.pending = 0;
      if (this.playing) {
        const passed = this.last === null ? 0 : Math.min(0.25, (now - this.last) / 1000);
        this.last = now;
        const end = this.trial.frames - 1;
        this.clock += passed * this.speed * this.trial.rate;
        if (this.clock > end) this.clock %= end;
      }
      this.draw();
      if (this.playing) this.schedule();
    }

    restyle() {
      this.theme = readTheme(this.figure, this.trial);
      this.room = this.size(this.canvas);
      const mode = this.trial.modes[this.scene.mode];
      const ends = [0, mode.top / 2, mode.top];
      [...this.parts.ticks.children].forEach((tick, i) => {
        tick.textContent = i === 2 ? `≥ ${ends[i]}${mode.unit}` : ends[i];
      });
      this.drawStrip(mode);
      this.schedule();
    }

    // sizes are read when they change, not when drawing: reading makes the browser lay out
    size(canvas) {
      const ratio = Math.min(3, window.devicePixelRatio || 1);
      const [width, height] = [canvas.clientWidth, canvas.clientHeight];
      const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
      return [width, height];
    }

    draw() {
      if (!this.room[0]) return;
      this.scene.pose(this.clock);
      this.scene.draw(this.context, ...this.room, this.theme);
      this.tell();
    }

    tell() {
      const { trial, scene, parts, slider, figure } = this;
      const frame = scene.frame;
      const time = (trial.start + this.clock / trial.rate).toFixed(2);
      parts.clock.textContent = `${time} s`;
      slider.value = frame;
      const x = THUMB / 2 + (this.clock / (trial.frames - 1)) * this.span;
      parts.head.style.transform = `translateX(${x}px)`;
      figure.dataset.frame = frame;
      // while it plays, words that change sixty times a second help nobody
      if (this.playing && frame % 8) return;
      slider.setAttribute("aria-valuetext", `${time} seconds`);
      const mode = trial.modes[scene.mode];
      let most = -1;
      for (let i = 0; i < mode.names.length; i++) {
        const value = mode.values[frame * mode.columns + i];
        const best = most < 0 ? -1 : mode.values[frame * mode.columns + most];
        if (value > best) most = i;
      }
      const error = mode.values[frame * mode.columns + most];
      parts.most.textContent =
        most < 0 ? "no error to tell" : `largest now: ${mode.names[most]} ${told(error, mode)}`;
    }

    // the mean error over the trial, above the slider
    drawStrip(mode) {
      const [width, height] = this.size(this.strip);
      this.span = width - THUMB;
      if (!width) return;
      const context = this.strip.getContext("2d");
      const ratio = this.strip.width / width;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      const { means: values } = mode;
      const peak = values.reduce((most, value) => (value > most ? value : most), 0) || 1;
      const { span } = this;
      const n = values.length;
      for (let i = 0; i < n; i++) {
        if (values[i] !== values[i]) continue;
        const h = Math.max(1, (values[i] / peak) * (height - 2));
        const x = THUMB / 2 + ((i - 0.5) / (n - 1)) * span;
        context.fillStyle = this.theme.tone(values[i], mode.top);
        context.fillRect(x, height - h, span / (n - 1) + 0.6, h);
      }
      context.beginPath();
      for (let i = 0; i < n; i++) {
        const y = height - Math.max(1, ((values[i] || 0) / peak) * (height - 2));
        context.lineTo(THUMB / 2 + (i / (n - 1)) * span, y);
      }
      context.strokeStyle = this.theme.soft;
      context.lineWidth = 1;
      context.stroke();
      this.parts.peak.textContent = `${mode.what}, at most ${told(peak, mode)}`;
    }
  }

  function told(error, mode) {
    return error === error ? `${error.toFixed(mode.digits)}${mode.unit}` : "not compared";
  }

  for (const figure of document.querySelectorAll("figure.player:not(.player-is-live)")) {
    new Player(figure);
  }
})();
