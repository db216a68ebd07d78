//! Plots, drawn as SVG: fleets of every size along the bottom, on a logarithmic scale.

use std::fmt::Write as _;

/// One set of axes.
pub(super) struct Panel {
    pub(super) title: String,
    pub(super) scale: Scale,
    pub(super) series: Vec<Series>,
}

/// How heights are drawn.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Scale {
    /// From nought.
    Linear,
    /// By powers of ten.
    Logarithmic,
}

/// One line, from small fleets to large.
pub(super) struct Series {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 22.0;
const TOP: f64 = 62.0;
const BOTTOM: f64 = 44.0;

/// Told apart also by those who see red and green alike.
const COLOURS: [&str; 3] = ["#0072b2", "#d55e00", "#009e73"];

/// Draws the panels side by side.
pub(super) fn svg(panels: &[Panel]) -> String {
    let width = panels.iter().fold(0.0, |width, _| width + WIDTH);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {HEIGHT}\" width=\"{width}\" \
         height=\"{HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#24292f\">\n<rect \
         width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    let mut left = 0.0;
    for panel in panels {
        panel.draw(&mut out, left);
        left += WIDTH;
    }
    out + "</svg>\n"
}

impl Panel {
    fn draw(&self, out: &mut String, left: f64) {
        let (low, high) = self.heights();
        let (first, last) = self.sizes();
        let across = |size: f64| {
            let share = (size / first).ln() / (last / first).ln().max(f64::EPSILON);
            left + LEFT + share * (WIDTH - LEFT - RIGHT)
        };
        let up = |value: f64| {
            let share = match self.scale {
                Scale::Linear => value / high,
                Scale::Logarithmic => (value / low).ln() / (high / low).ln(),
            };
            HEIGHT - BOTTOM - share.clamp(0.0, 1.0) * (HEIGHT - TOP - BOTTOM)
        };
        let (start, end) = (left + LEFT, left + WIDTH - RIGHT);

        text(
            out,
            (start, 22.0),
            "start",
            "font-weight=\"bold\"",
            &self.title,
        );
        for value in self.marks(low, high) {
            let y = up(value);
            line(out, (start, y), (end, y), "#d0d7de");
            text(out, (start - 6.0, y + 4.0), "end", "", &short(value));
        }
        for (size, _) in self.series.iter().flat_map(|series| &series.points) {
            line(
                out,
                (across(*size), up(low)),
                (across(*size), up(low) + 4.0),
                "#57606a",
            );
        }
        for size in [10.0, 100.0, 1000.0, 5000.0] {
            if (first..=last).contains(&size) {
                text(
                    out,
                    (across(size), HEIGHT - BOTTOM + 18.0),
                    "middle",
                    "",
                    &short(size),
                );
            }
        }
        text(
            out,
            (f64::midpoint(start, end), HEIGHT - 8.0),
            "middle",
            "",
            "numbers",
        );
        for (place, series) in (0_u8..).zip(&self.series) {
            let colour = COLOURS[usize::from(place) % COLOURS.len()];
            let path: Vec<String> = series
                .points
                .iter()
                .map(|(size, value)| format!("{:.1},{:.1}", across(*size), up(*value)))
                .collect();
            let _ = writeln!(
                out,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                path.join(" ")
            );
            for (size, value) in &series.points {
                let _ = writeln!(
                    out,
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"><title>{}: {} at \
                     {size:.0}</title></circle>",
                    across(*size),
                    up(*value),
                    series.name,
                    short(*value)
                );
            }
            let x = start + f64::from(place) * 110.0;
            line(out, (x, 42.0), (x + 16.0, 42.0), colour);
            text(out, (x + 21.0, 46.0), "start", "", &series.name);
        }
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        let points = self.series.iter().flat_map(|series| &series.points);
        points.map(|(_, value)| *value)
    }

    /// What the vertical axis reaches from and to.
    fn heights(&self) -> (f64, f64) {
        let most = self.values().fold(f64::MIN_POSITIVE, f64::max);
        match self.scale {
            Scale::Linear => (0.0, step(most) * (most / step(most)).ceil()),
            Scale::Logarithmic => {
                let least = self.values().fold(most, f64::min);
                let low = 10_f64.powf(least.log10().floor());
                (low, 10_f64.powf(most.log10().ceil()).max(low * 10.0))
            }
        }
    }

    fn sizes(&self) -> (f64, f64) {
        let points = self.series.iter().flat_map(|series| &series.points);
        points.fold((f64::INFINITY, 1.0), |(first, last), (size, _)| {
            (size.min(first), size.max(last))
        })
    }

    fn marks(&self, low: f64, high: f64) -> Vec<f64> {
        let next = |value: &f64| match self.scale {
            Scale::Linear => Some(value + step(high)),
            Scale::Logarithmic => Some(value * 10.0),
        };
        std::iter::successors(Some(low), next)
            .take_while(|value| *value <= high * 1.001)
            .collect()
    }
}

/// A round distance that divides `most` into four to ten.
fn step(most: f64) -> f64 {
    let power = 10_f64.powf(most.log10().floor());
    match most / power {
        lead if lead < 2.0 => power / 5.0,
        lead if lead < 5.0 => power / 2.0,
        _ => power,
    }
}

fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match text.strip_suffix("000") {
        Some(thousands) if !text.contains('.') && !thousands.is_empty() => {
            format!("{thousands},000")
        }
        _ => text.to_owned(),
    }
}

fn line(out: &mut String, from: (f64, f64), to: (f64, f64), colour: &str) {
    let _ = writeln!(
        out,
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{colour}\"/>",
        from.0, from.1, to.0, to.1
    );
}

fn text(out: &mut String, at: (f64, f64), anchor: &str, more: &str, text: &str) {
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" {more}>{text}</text>",
        at.0, at.1
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_drawn_inside_its_panel() {
        let points = vec![(10.0, 0.4), (100.0, 0.9), (5000.0, 27.0)];
        let panel = |scale| Panel {
            title: "title".to_owned(),
            scale,
            series: vec![Series {
                name: "series".to_owned(),
                points: points.clone(),
            }],
        };
        let drawn = svg(&[panel(Scale::Linear), panel(Scale::Logarithmic)]);
        let circles: Vec<&str> = drawn.lines().filter(|l| l.starts_with("<circle")).collect();
        assert_eq!(circles.len(), 6);
        for circle in circles {
            let value = |name: &str| -> f64 {
                let rest = circle.split_once(name).expect("it is there").1;
                rest.split('"')
                    .nth(1)
                    .and_then(|v| v.parse().ok())
                    .expect("a figure")
            };
            assert!((LEFT..=2.0 * WIDTH).contains(&value("cx=")), "{circle}");
            assert!((TOP..=HEIGHT - BOTTOM).contains(&value("cy=")), "{circle}");
        }
    }

    #[test]
    fn axes_are_marked_at_round_figures() {
        assert_eq!([step(0.45), step(27.0), step(1.3)], [0.05, 5.0, 0.2]);
        assert_eq!(
            [short(5000.0), short(0.5), short(10.0)],
            ["5,000", "0.5", "10"]
        );
    }
}
