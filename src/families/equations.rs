//! What is optimised, in TeX: one line for each equation, as the config and the data have it. The site
//! makes MathML of every line that `web/element/equations.json` lists, which `tests/declared.rs` writes.

use super::{
    ddpm::{DdpmConfig, Prediction},
    gan::{GanConfig, Loss},
    glow::{Dequantization, GlowConfig},
    latent_diffusion::LatentDiffusionConfig,
    neural_process::NeuralProcessConfig,
    planar::{Kind, PlanarConfig},
    realnvp::{RealNvpConfig, Transform},
    vae::VaeConfig,
};
use crate::data::SpaceKind;

fn lines(all: &[&str]) -> Vec<String> {
    all.iter().map(|&line| line.into()).collect()
}

/// The negative bound: Kingma & Welling 2013, equation 3; Burda et al. 2016, equation 8.
pub(super) fn vae(config: &VaeConfig) -> Vec<String> {
    if config.importance_samples > 1 {
        return lines(&[
            r"\mathcal{L} = -\mathbb{E}_{z_k\sim q}\Bigl[\log \frac{1}{K} \sum_{k=1}^{K} \frac{p(x,z_k)}{q(z_k|x)}\Bigr]",
        ]);
    }
    let weight = if config.beta == 1.0 { "" } else { r"\beta\, " };
    let divergence = match config.free_bits > 0.0 {
        true => r"\sum_d \max\bigl(\lambda, \mathrm{KL}_d(q\,\|\,p)\bigr)",
        false => r"\mathrm{KL}\bigl(q(z|x)\,\|\,p(z)\bigr)",
    };
    vec![
        r"\mathcal{L} = -\mathbb{E}_{q(z|x)}[\log p(x|z)]".into(),
        format!(r"\quad +\; {weight}{divergence}"),
    ]
}

/// Garnelo et al. 2018, equation 9; the belief as in Volpp et al. 2021, equation 6.
pub(super) fn neural_process(config: &NeuralProcessConfig) -> Vec<String> {
    let weight = if config.beta == 1.0 { "" } else { r"\beta\, " };
    vec![
        r"\mathcal{L} = -\mathbb{E}_{q(z|T)}\Bigl[\sum_{T} \log p(x|z,c)\Bigr]".into(),
        format!(r"\quad +\; {weight}\mathrm{{KL}}\bigl(q(z|T)\,\|\,q(z|C)\bigr)"),
        r"q(z|C) = \mathcal{N}\bigl(\mu, \tfrac{1}{\lambda}\bigr)".into(),
        r"\lambda = 1 + \sum_{i \in C} \lambda_i,\quad \mu = \tfrac{1}{\lambda} \sum_{i \in C} \lambda_i \mu_i"
            .into(),
    ]
}

/// What each network goes up or down; see the table at the top of `gan/mod.rs`. −softplus(−d) = log σ(d).
pub(super) fn gan(config: &GanConfig) -> Vec<String> {
    let penalties = match (config.r1 > 0.0, config.r2 > 0.0) {
        (true, true) => " - R_1 - R_2",
        (true, false) => " - R_1",
        (false, true) => " - R_2",
        (false, false) => "",
    };
    let real_or_fake = r"\mathbb{E}_x[\log D(x)] + \mathbb{E}_z[\log(1 - D(G(z)))]";
    let (discriminator, generator) = match config.loss {
        Loss::Minimax if penalties.is_empty() => (format!(r"\min_G \max_D\; {real_or_fake}"), ""),
        Loss::Minimax => (
            format!(r"\max_D\; {real_or_fake}{penalties}"),
            r"\min_G\; \mathbb{E}_z[\log(1 - D(G(z)))]",
        ),
        Loss::NonSaturating => (
            format!(r"\max_D\; {real_or_fake}{penalties}"),
            r"\max_G\; \mathbb{E}_z[\log D(G(z))]",
        ),
        Loss::LeastSquares => (
            format!(
                r"\min_D\; \mathbb{{E}}_x\bigl[\tfrac12 (d(x) - 1)^2\bigr] + \mathbb{{E}}_z\bigl[\tfrac12 d(G(z))^2\bigr]{}",
                penalties.replace('-', "+")
            ),
            r"\min_G\; \mathbb{E}_z\bigl[\tfrac12 (d(G(z)) - 1)^2\bigr]",
        ),
        Loss::Relativistic => (
            format!(r"\max_D\; \mathbb{{E}}_{{x,z}}[\log \sigma(d(x) - d(G(z)))]{penalties}"),
            r"\max_G\; \mathbb{E}_{x,z}[\log \sigma(d(G(z)) - d(x))]",
        ),
    };
    let mut all = vec![discriminator];
    if !generator.is_empty() {
        all.push(generator.into());
    }
    if config.r1 > 0.0 {
        all.push(r"R_1 = \tfrac{\gamma_1}{2}\, \mathbb{E}_x \|\nabla d(x)\|^2".into());
    }
    if config.r2 > 0.0 {
        all.push(r"R_2 = \tfrac{\gamma_2}{2}\, \mathbb{E}_z \|\nabla d(G(z))\|^2".into());
    }
    all
}

/// Rezende & Mohamed 2015, equations 13, 14 and 20: points are carried to noise, noise to an energy's plane.
pub(super) fn planar(config: &PlanarConfig, kind: SpaceKind) -> Vec<String> {
    let determinants = match config.kind {
        Kind::Planar => r"\sum_{k=1}^{K} \log \bigl|1 + \hat u_k^{\top} \psi_k(z_{k-1})\bigr|",
        Kind::Radial => {
            r"\sum_{k=1}^{K} \log\, (1 + \beta_k h_k)(1 + \beta_k h_k + \beta_k h_k' r_k)"
        }
        Kind::Both => r"\sum_{k=1}^{K} \log \Bigl|\det \frac{\partial f_k}{\partial z_{k-1}}\Bigr|",
    };
    if kind == SpaceKind::Energy {
        return vec![
            r"\min\; \mathbb{E}_{z_0}\bigl[\log q(z_K) + \beta_t\, U(z_K)\bigr]".into(),
            format!(r"\log q(z_K) = \log q(z_0) - {determinants}"),
        ];
    }
    vec![
        r"\max\; \log p(x) = \log \pi(z_K)".into(),
        format!(r"\quad +\; {determinants}, \quad z_0 = x"),
    ]
}

/// Dinh et al. 2016, equations 2, 7 and 8; Durkan et al. 2019.
pub(super) fn realnvp(config: &RealNvpConfig) -> Vec<String> {
    match config.transform {
        Transform::Affine => lines(&[
            r"\max\; \log p(x) = \log \pi(f(x)) + \sum_k s_k(a_k)",
            r"f_k:\; (a, b) \mapsto \bigl(a,\; b\, e^{s_k(a)} + t_k(a)\bigr)",
        ]),
        Transform::Spline => lines(&[
            r"\max\; \log p(x) = \log \pi(f(x)) + \sum_k \log g_k'(b_k)",
            r"f_k:\; (a, b) \mapsto \bigl(a,\; g_k(b; \theta_k(a))\bigr)",
        ]),
    }
}

/// Of images' levels a bound: Theis et al. 2016; with a flow as q, Ho et al. 2019, equation 12.
pub(super) fn glow(config: &GlowConfig) -> Vec<String> {
    let density = r"\max\; \log \mathcal{N}(f(v); 0, I) + \log \Bigl|\det \frac{\partial f}{\partial v}\Bigr|";
    match config.dequantization {
        Dequantization::Uniform => {
            lines(&[density, r"v = (x + u) / L, \quad u \sim \mathcal{U}[0, 1)"])
        }
        Dequantization::Variational => vec![
            format!(r"{density} - \log q(u|x)"),
            r"v = (x + u) / L, \quad u \sim q(u|x)".into(),
        ],
    }
}

/// Rombach et al. 2022, equations 2 and 25, with v in place of ε.
pub(super) fn latent_diffusion(config: &LatentDiffusionConfig) -> Vec<String> {
    let weight = if config.beta == 1.0 { "" } else { r"\beta\, " };
    vec![
        format!(
            r"\min\; \mathbb{{E}}_{{q(z|x)}}[-\log p(x|z)] + {weight}\mathrm{{KL}}\bigl(q(z|x)\,\|\,p(z)\bigr)"
        ),
        r"\quad +\; \mathbb{E}\, \|v - v_\theta(z_t, t)\|^2, \quad v = \sqrt{\bar\alpha_t}\, \varepsilon - \sqrt{1 - \bar\alpha_t}\, z".into(),
        r"z_t = \sqrt{\bar\alpha_t}\, z + \sqrt{1 - \bar\alpha_t}\, \varepsilon".into(),
    ]
}

/// Ho et al. 2020, equation 14, for what the network says of a noisy example.
pub(super) fn ddpm(config: &DdpmConfig) -> Vec<String> {
    const NOISY: &str = r"x_t = \sqrt{\bar\alpha_t}\, x_0 + \sqrt{1 - \bar\alpha_t}\, \varepsilon";
    match config.prediction {
        Prediction::Noise => lines(&[
            r"\min\; \mathbb{E}\, \|\varepsilon - \varepsilon_\theta(x_t, t)\|^2",
            NOISY,
        ]),
        Prediction::X0 => lines(&[r"\min\; \mathbb{E}\, \|x_0 - x_\theta(x_t, t)\|^2", NOISY]),
        Prediction::V => lines(&[
            r"\min\; \mathbb{E}\, \|v - v_\theta(x_t, t)\|^2, \quad v = \sqrt{\bar\alpha_t}\, \varepsilon - \sqrt{1 - \bar\alpha_t}\, x_0",
            NOISY,
        ]),
        Prediction::Velocity => lines(&[
            r"\min\; \mathbb{E}\, \|(\varepsilon - x_0) - v_\theta(x_t, t)\|^2",
            r"x_t = (1 - t)\, x_0 + t\, \varepsilon",
        ]),
    }
}

/// Bishop 1994, one coordinate after the other.
pub(super) fn mdn() -> Vec<String> {
    lines(&[
        r"\max\; \log p(x) = \log p(x_1) + \log p(x_2|x_1)",
        r"p(x_2|x_1) = \sum_k w_k(x_1)\, \mathcal{N}\bigl(x_2; \mu_k(x_1), \sigma_k^2(x_1)\bigr)",
    ])
}

/// The chain rule over what comes in order: pixels or tokens.
pub(super) fn autoregressive(element: &str) -> Vec<String> {
    vec![format!(
        r"\max\; \log p(x) = \sum_{element} \log p(x_{element}|x_{{<{element}}})"
    )]
}

/// The chain rule over the tokens of a text, and beneath it what of the weights is learned: all of them, or an update of
/// low rank (Hu et al. 2021, equation 3).
pub(super) fn tuned(whole: bool) -> Vec<String> {
    let mut lines = autoregressive("t");
    lines.push(match whole {
        true => r"W' = W + \Delta W".into(),
        false => r"W' = W + \tfrac{\alpha}{r}\, B A".into(),
    });
    lines
}

/// Devlin et al. 2019, section 3.1.
pub(super) fn masked() -> Vec<String> {
    lines(&[
        r"\mathcal{L} = -\mathbb{E}_{x, M}\Bigl[\tfrac{1}{|M|} \sum_{i \in M} \log p(x_i|\tilde{x})\Bigr]",
    ])
}

/// Vaswani et al. 2017; Sutskever et al. 2014, equation 1.
pub(super) fn translation() -> Vec<String> {
    lines(&[r"\max\; \log p(y|x) = \sum_t \log p(y_t|y_{<t},\, x)"])
}

/// Chen et al. 2021 with words for a return; see the top of `agent/mod.rs`.
/// With a voice, which learns alone, Vinyals et al. 2015, equation 1.
pub(super) fn agent(speaks: bool) -> Vec<String> {
    match speaks {
        true => lines(&[r"\max\; \sum_n \log p\bigl(y_n \mid q,\, y_{<n},\, o_t\bigr)"]),
        false => lines(&[r"\max\; \sum_t \log \pi\bigl(a^*_t \mid w,\, o_{\le t},\, a_{<t}\bigr)"]),
    }
}

/// Ha & Schmidhuber 2018 with a memory in the open; see the top of `world_model/mod.rs`.
pub(super) fn world_model() -> Vec<String> {
    lines(&[
        r"\mathcal{L} = -\tfrac{1}{49} \sum_i \log p_\theta(o_{t+1,i} \mid m_t, a_t) - \log p_\theta(d_t \mid m_t, a_t) - \log p_\theta(r_t \mid m_t, a_t, g)",
        r"\hat{a}_{t:t+H} = \arg\max_{a}\; \gamma^{H}\, p_\theta(r_{t+H} \mid \hat{m}_{t+H}, a_{t+H}, g), \qquad \hat{m}_{t+1} = \hat{m}_t \oplus \arg\max_{o,d}\, p_\theta(o, d \mid \hat{m}_t, a_t)",
    ])
}

/// Janner et al. 2022, section 3.1, with x_0 for what is predicted; see the top of `diffuser/mod.rs`.
pub(super) fn diffuser() -> Vec<String> {
    lines(&[
        r"\mathcal{L} = \mathbb{E}_{\tau_0,\varepsilon,t}\; \bigl\|\tau_0 - \hat{\tau}_\theta(\tau_t,\, t;\, m,\, s,\, g)\bigr\|^2",
        r"\tau_t = \sqrt{\bar{\alpha}_t}\,\tau_0 + \sqrt{1-\bar{\alpha}_t}\,\varepsilon,\qquad \tau_t^{(1)} = s,\; \tau_t^{(H)} = g",
        r"\hat{\tau} \;\leftarrow\; \hat{\tau} - \lambda\, \nabla_{\hat{\tau}}\, C_m(\hat{\tau})",
    ])
}

/// What each of two models of points with classes goes up.
pub(super) fn bayes() -> Vec<String> {
    lines(&[
        r"\max\; \log p_\theta(y|x)",
        r"\max\; \log p(y) + \log p(x|y)",
    ])
}

/// Both directions of the divergence.
pub(super) fn kl() -> Vec<String> {
    lines(&[
        r"\min_{q_1}\; \mathrm{KL}(p\,\|\,q_1) = \mathbb{E}_{p}[\log p - \log q_1]",
        r"\min_{q_2}\; \mathrm{KL}(q_2\,\|\,p) = \mathbb{E}_{q_2}[\log q_2 - \log p]",
    ])
}

/// Uria et al. 2014, equation 5, as a mean; see the top of `orderless/mod.rs`.
pub(super) fn orderless() -> Vec<String> {
    lines(&[
        r"\mathcal{L} = -\,\mathbb{E}_{x,C}\; \frac{1}{|\bar{C}|} \sum_{i \in \bar{C}} \log p_\theta(x_i \mid x_C)",
        r"p(x) = \prod_{d=1}^{D} p_\theta(x_{o_d} \mid x_{o_{<d}})",
    ])
}

/// Of a sixteenth; see the top of `drums/mod.rs`.
pub(super) fn drums() -> Vec<String> {
    lines(&[
        r"\mathcal{L} = -\,\frac{1}{T} \sum_{t=1}^{T} \log p_\theta(x_t \mid x_{<t})",
        r"p_\theta(x_t \mid x_{<t}) = \prod_{d} p_\theta(h_d \mid x_{<t}, h_{<d}) \prod_{d:\,h_d=1} p_\theta(v_d, o_d \mid x_{<t}, h, v_{<d}, o_{<d})",
    ])
}

/// Of what is not given; see the top of `video/mod.rs`.
pub(super) fn video() -> Vec<String> {
    lines(&[
        r"\mathcal{L} = \mathbb{E}_{x_0,\varepsilon,t,m}\, \frac{\bigl\|(1-m)\,\bigl(x_0 - x_\theta(\tilde{x}_t,m,t,y)\bigr)\bigr\|^2}{\|1-m\|^2}",
        r"\tilde{x}_t = m\,x_0 + (1-m)\,\bigl(\sqrt{\bar{\alpha}_t}\,x_0 + \sqrt{1-\bar{\alpha}_t}\,\varepsilon\bigr)",
    ])
}

/// Garg et al. 2022, equation 3; see the top of `in_context/mod.rs`.
pub(super) fn in_context() -> Vec<String> {
    lines(&[
        r"\mathcal{L} = \mathbb{E}_{f,x}\; \frac{1}{n} \sum_{k=0}^{n-1} c_k \bigl(\hat{y}_{k+1} - f(x_{k+1})\bigr)^2",
        r"\hat{y}_{k+1} = M_\theta(x_1, y_1, \dots, x_k, y_k, x_{k+1})",
    ])
}
