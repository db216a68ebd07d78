//! The numbers for sale, counted by area.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::areas::AREAS;
use crate::ids::Ids;

/// What an area starts with.
const STOCK_PER_AREA: u32 = 5_000;
/// Lines of an exchange.
const LINES: u32 = 10_000;

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Area {
    pub(crate) zips: [String; 2],
    /// The number gateway provider the availability response names.
    pub(crate) gateway: String,
    pub(crate) remaining: u32,
    drawn: u32,
    /// Numbers that were sold once and came back.
    returned: Vec<String>,
}

/// A number taken out of stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Drawn {
    pub(crate) number: String,
    pub(crate) zip: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Stock {
    pub(crate) areas: BTreeMap<String, Area>,
    /// Numbers of other carriers, which are never for sale here.
    #[serde(default)]
    foreign: BTreeSet<String>,
}

impl Stock {
    pub(crate) fn new() -> Self {
        let areas = AREAS
            .iter()
            .enumerate()
            .map(|(place, (code, first, second))| {
                let area = Area {
                    zips: [(*first).into(), (*second).into()],
                    gateway: ["XGP", "YGP", "ZGP"][place % 3].into(),
                    remaining: if *code == "201" { 0 } else { STOCK_PER_AREA },
                    drawn: 0,
                    returned: Vec::new(),
                };
                ((*code).to_owned(), area)
            });
        Self {
            areas: areas.collect(),
            foreign: BTreeSet::new(),
        }
    }

    /// Takes a number: from the area code asked for, else from the area of the zip asked for, else, with neither
    /// asked for, from anywhere.
    pub(crate) fn draw(
        &mut self,
        area: Option<&str>,
        zip: Option<&str>,
        ids: &mut Ids,
    ) -> Option<Drawn> {
        let in_stock = |code: &str| self.areas.get(code).is_some_and(|area| area.remaining > 0);
        let code = match (area, zip) {
            (Some(code), _) if in_stock(code) => code.to_owned(),
            (_, Some(zip)) => self.near(zip)?,
            (Some(_), None) => return None,
            (None, None) => {
                let codes: Vec<_> = self
                    .areas
                    .keys()
                    .filter(|code| in_stock(code))
                    .cloned()
                    .collect();
                if codes.is_empty() {
                    return None;
                }
                codes[ids.below(codes.len())].clone()
            }
        };
        self.draw_from(&code, zip)
    }

    /// Takes the next number of an area. The zip given is never the one asked for.
    pub(crate) fn draw_from(&mut self, code: &str, asked_zip: Option<&str>) -> Option<Drawn> {
        let area = self.areas.get_mut(code).filter(|area| area.remaining > 0)?;
        area.remaining -= 1;
        let number = match area.returned.pop() {
            Some(number) => number,
            None => loop {
                let line = line(area.drawn);
                area.drawn += 1;
                let number = format!("+1{code}555{line:04}");
                if !self.foreign.contains(&number) {
                    break number;
                }
            },
        };
        let zip = area
            .zips
            .iter()
            .find(|zip| Some(zip.as_str()) != asked_zip)?
            .clone();
        Some(Drawn { number, zip })
    }

    /// Sets how many numbers an area has left; an area not known before is opened.
    pub(crate) fn set(&mut self, code: &str, remaining: u32) {
        let area = self.areas.entry(code.to_owned()).or_insert_with(|| Area {
            zips: [format!("{code}01"), format!("{code}02")],
            gateway: "XGP".into(),
            remaining: 0,
            drawn: 0,
            returned: Vec::new(),
        });
        let available = LINES - area.drawn.min(LINES) + area.returned.len() as u32;
        area.remaining = remaining.min(available);
    }

    /// Puts a purged number back for sale.
    pub(crate) fn give_back(&mut self, number: &str) {
        if let Some(area) = number.get(2..5).and_then(|code| self.areas.get_mut(code)) {
            area.returned.push(number.to_owned());
            area.remaining += 1;
        }
    }

    /// A number turns out to be another carrier's, so it is not for sale.
    pub(crate) fn withdraw(&mut self, number: &str) {
        self.foreign.insert(number.to_owned());
        let area = number.get(2..5).and_then(|code| self.areas.get_mut(code));
        if let Some(area) = area
            && let Some(place) = area.returned.iter().position(|other| other == number)
        {
            area.returned.remove(place);
            area.remaining -= 1;
        }
    }

    /// The area with stock whose zips begin like the one asked for: same three digits, else same two.
    fn near(&self, zip: &str) -> Option<String> {
        let with_prefix = |length: usize| {
            let prefix = zip.get(..length)?;
            let near = |area: &Area| {
                area.remaining > 0 && area.zips.iter().any(|zip| zip.starts_with(prefix))
            };
            // The highest code, so that 84043 leads to 801 and not to its overlay 385.
            self.areas
                .iter()
                .rev()
                .find(|(_, area)| near(area))
                .map(|(code, _)| code.clone())
        };
        with_prefix(5)
            .or_else(|| with_prefix(3))
            .or_else(|| with_prefix(2))
    }
}

/// The n-th line an area sells: 0100-0199, which are reserved for fiction, and only then the rest of the exchange.
fn line(nth: u32) -> u32 {
    (nth + 100) % LINES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_wishes_lead_to_area_801_and_zip_84603() {
        let drawn = Stock::new()
            .draw(Some("201"), Some("84043"), &mut Ids::new(1))
            .expect("801 has stock");
        assert_eq!(
            drawn,
            Drawn {
                number: "+18015550100".into(),
                zip: "84603".into()
            }
        );
    }

    #[test]
    fn numbers_never_repeat_until_they_come_back() {
        let mut stock = Stock::new();
        let mut seen = std::collections::HashSet::new();
        for _ in 0..STOCK_PER_AREA {
            assert!(seen.insert(stock.draw_from("202", None).expect("there is stock").number));
        }
        assert_eq!(stock.draw_from("202", None), None);
        stock.give_back("+12025550142");
        assert_eq!(
            stock.draw_from("202", None).map(|drawn| drawn.number),
            Some("+12025550142".into())
        );
    }

    #[test]
    fn numbers_of_other_carriers_are_not_for_sale() {
        let mut stock = Stock::new();
        let draw = |stock: &mut Stock| stock.draw_from("202", None).expect("there is stock").number;
        stock.withdraw("+12025550100");
        assert_eq!(draw(&mut stock), "+12025550101");
        stock.give_back("+12025550101");
        stock.withdraw("+12025550101");
        assert_eq!(draw(&mut stock), "+12025550102");
    }
}
