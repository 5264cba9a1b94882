"""Compiled marker tracking: Newton's method on the tree, frame after frame.

Per frame this minimises E(x) = ½ [Σ wᵢ |pᵢ(x) − mᵢ|² / Σ wᵢ + Σ wⱼ (xⱼ − cⱼ)²] within limits.

Markers act as point masses (of their weights) fixed to bodies. With X the position of a marker,
r = X − m its residual, and the column (ω, v) of a coordinate, which moves X by ω × X + v:

* gradient      g  = ω·N + v·F        with F = Σ w r, N = Σ w X × r
* Gauss–Newton  H₀ = v'·f + ω'·n      with f = Σ w (ω × X + v), n = Σ w X × (ω × X + v)
* curvature     H − H₀ = ω'·Σ w (ω × X + v) × r     for a column (ω', v') nearer to the root

where the sums run over everything that the coordinate moves. They follow from a few moments per
body, added from the leaves to the root: the composite-rigid-body algorithm (R. Featherstone,
Rigid Body Dynamics Algorithms, 2008, ch. 6), whose factorisation LᵀDL keeps the zeros that
branches of the tree leave in H (ibid., sec. 6.5). So a full Newton step, residuals included, costs
no more than a Gauss–Newton step and never needs a Jacobian.

One module per step, in the order of a frame:

* `measurement`    what the markers say, as moments per body
* `forward`        poses from the root outwards, and E
* `derivatives`    g and H from the leaves inwards, by the `moments` of what each body carries
* `factorisation`  LᵀDL on the tree's zeros
* `descent`        Newton steps within the limits, until the next would not matter
* `sequence`       frame after frame, each started from the last three; or frames apart

Besides, `curvature` gives H at poses that are known. All are written once, for numbers of either
kind: one pose at a time, or `N_LANES` poses side by side in the processor's vectors (`lanes`).
"""
