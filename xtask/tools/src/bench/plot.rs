//! Plots, drawn as SVG: fleets of every size along the bottom, on a logarithmic scale.

use std::ops::Range;

use anyhow::Result;
use plotters::coord::Shift;
use plotters::coord::ranged1d::{AsRangedCoord, ValueFormatter};
use plotters::prelude::*;

use super::report::reach;

/// One set of axes.
pub(super) struct Panel {
    pub(super) title: &'static str,
    /// Heights are drawn by powers of ten, and not from zero.
    pub(super) is_logarithmic: bool,
    pub(super) series: Vec<Series>,
}

/// One line, from small fleets to large.
pub(super) struct Series {
    pub(super) name: &'static str,
    pub(super) points: Vec<(f64, f64)>,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const WIDTH: u32 = 400;
const HEIGHT: u32 = 320;

const TEXT: (&str, u32) = ("sans-serif", 15);

/// Distinct also for those who see red and green alike.
const COLOURS: [RGBColor; 3] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
];

/// Draws the panels side by side.
pub(super) fn svg(panels: &[Panel]) -> Result<String> {
    let mut out = String::new();
    let width = panels.iter().map(|_| WIDTH).sum();
    let root = SVGBackend::with_string(&mut out, (width, HEIGHT)).into_drawing_area();
    root.fill(&WHITE)?;
    for (panel, area) in panels.iter().zip(root.split_evenly((1, panels.len()))) {
        let (sizes, heights) = (panel.reach(|point| point.0), panel.reach(|point| point.1));
        let sizes = sizes.log_scale();
        match panel.is_logarithmic {
            true => panel.draw(&area, sizes, heights.log_scale())?,
            false => panel.draw(&area, sizes, 0.0..heights.end)?,
        }
    }
    root.present()?;
    drop(root);
    Ok(out)
}

impl Panel {
    fn draw<X, Y>(&self, area: &Area<'_>, sizes: X, heights: Y) -> Result<()>
    where
        X: AsRangedCoord<Value = f64, CoordDescType: ValueFormatter<f64>>,
        Y: AsRangedCoord<Value = f64, CoordDescType: ValueFormatter<f64>>,
    {
        let mut chart = ChartBuilder::on(area)
            .margin(12)
            .caption(self.title, TEXT)
            .x_label_area_size(36)
            .y_label_area_size(46)
            .build_cartesian_2d(sizes, heights)?;
        let short = |value: &f64| ((value * 1e3).round() / 1e3).to_string();
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_desc("numbers")
            .x_label_formatter(&short)
            .y_label_formatter(&short)
            .label_style(TEXT)
            .draw()?;
        for (series, colour) in self.series.iter().zip(COLOURS) {
            let line = LineSeries::new(series.points.iter().copied(), colour.stroke_width(2));
            chart
                .draw_series(line.point_size(3))?
                .label(series.name)
                .legend(move |(x, y)| {
                    Rectangle::new([(x, y - 1), (x + 16, y + 1)], colour.filled())
                });
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .label_font(TEXT)
            .draw()?;
        Ok(())
    }

    /// The least and the most of something of all points, and some room.
    fn reach(&self, of: impl Fn(&(f64, f64)) -> f64) -> Range<f64> {
        let points = self.series.iter().flat_map(|series| &series.points);
        let (least, most) = reach(points.map(of));
        least * 0.8..most * 1.2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_drawn_inside_its_panel() {
        let panel = |is_logarithmic| Panel {
            title: "title",
            is_logarithmic,
            series: vec![Series {
                name: "series",
                points: vec![(10.0, 0.4), (100.0, 0.9), (5000.0, 27.0)],
            }],
        };
        let drawn = svg(&[panel(false), panel(true)]).expect("a plot");
        let circles: Vec<&str> = drawn.lines().filter(|l| l.starts_with("<circle")).collect();
        assert_eq!(circles.len(), 6, "{drawn}");
        for (place, circle) in circles.into_iter().enumerate() {
            let value = |name: &str| -> u32 {
                let rest = circle.split_once(name).expect("it is there").1;
                let value = rest.split('"').nth(1).expect("a figure");
                value.parse().expect("a figure")
            };
            let left = if place < 3 { 0 } else { WIDTH };
            assert!(
                (left + 46..left + WIDTH).contains(&value("cx=")),
                "{circle}"
            );
            assert!((14..HEIGHT - 36).contains(&value("cy=")), "{circle}");
        }
    }
}
