//! What an answer file says and packstack does otherwise: computed checks over the answer file.

use std::collections::BTreeMap;

use crate::context::Context;
use crate::diagnosis::{Check, Computed};

/// Finds an answer file whose mechanism drivers packstack replaces, because they do not name the one
/// that the L2 agent needs.
///
/// packstack's `neutron_350.py` does this for `ovn` and `openvswitch` and says nothing of it.
#[derive(Debug, Clone, Copy)]
pub struct MechanismDriverReplaced;

impl Check for MechanismDriverReplaced {
    fn name(&self) -> &'static str {
        "mechanism_driver_replaced"
    }

    fn run(&self, context: &Context) -> Vec<Computed> {
        const AGENT: &str = "CONFIG_NEUTRON_L2_AGENT";
        const DRIVERS: &str = "CONFIG_NEUTRON_ML2_MECHANISM_DRIVERS";
        let Some(answers) = context.answer_file() else { return Vec::new() };
        let value = |name| answers.value.get(name).map(str::trim);
        let (Some(agent), Some(drivers)) = (value(AGENT), value(DRIVERS)) else {
            return Vec::new();
        };
        let replaced = matches!(agent, "ovn" | "openvswitch")
            && drivers.split(',').all(|driver| driver.trim() != agent);
        if !replaced {
            return Vec::new();
        }
        vec![Computed {
            values: BTreeMap::from([
                ("agent", vec![agent.to_owned()]),
                ("drivers", vec![drivers.to_owned()]),
            ]),
            evidence: [DRIVERS, AGENT]
                .into_iter()
                .filter_map(|n| context.answer_evidence(n))
                .collect(),
            assumes: Vec::new(),
        }]
    }
}
