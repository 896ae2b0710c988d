//! What `serde_json` makes of one record, which no reader of ours may contradict.

use super::pass::Became;
use overdose_risk_intake::{Column, Quarantine};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use std::collections::HashSet;
use std::fmt;

pub(super) fn is_json(json: &[u8]) -> bool {
    serde_json::from_slice::<Value>(json).is_ok()
}

/// A person is an object in which nothing stands twice, and no record is called broken that is not.
pub(super) fn assert_agrees_with_serde_json(json: &[u8], became: &Became) {
    use Quarantine::{
        IdInvalid, IdMissing, KeyRepeated, NotAnObject, NotJson, NotUtf8, TooDeep, TooLarge,
        TooManyKeys,
    };
    let value = serde_json::from_slice::<Value>(json);
    match (became, &value) {
        (Became::Person { id, .. }, Ok(Value::Object(object))) => {
            assert!(!has_a_key_twice(json));
            let is_the_id = |(key, value): (&String, &Value)| {
                Column::named(key.as_bytes()) == Some(Column::Id)
                    && value.as_str().is_some_and(|text| text.trim_ascii() == id)
            };
            assert!(object.iter().any(is_the_id));
        }
        (Became::Quarantined { kind: KeyRepeated, .. }, Ok(Value::Object(_))) => {
            assert!(has_a_key_twice(json));
        }
        (Became::Quarantined { kind: NotAnObject, .. }, Ok(value)) => assert!(!value.is_object()),
        (Became::Quarantined { kind: IdMissing | IdInvalid, .. }, Ok(Value::Object(_))) => {
            assert!(!has_a_key_twice(json));
        }
        (Became::Quarantined { kind: TooLarge, .. }, _) => assert!(json.len() > 1 << 20),
        (Became::Quarantined { kind: TooDeep, .. }, Ok(value)) => assert!(depth(value) > 32),
        (Became::Quarantined { kind: TooManyKeys, .. }, Ok(_)) => assert!(keys(json).len() > 1024),
        (Became::Quarantined { kind: TooDeep | TooManyKeys, .. }, Err(_)) => {}
        (Became::Quarantined { kind: NotUtf8, .. }, Err(_)) => {
            assert!(std::str::from_utf8(json).is_err());
        }
        (Became::Quarantined { kind: NotJson, .. }, Err(_)) => {}
        (became, value) => panic!("{became:?}, although {value:?}"),
    }
}

fn depth(value: &Value) -> usize {
    let within = match value {
        Value::Array(elements) => elements.iter().map(depth).max(),
        Value::Object(entries) => entries.values().map(depth).max(),
        _ => return 0,
    };
    1 + within.unwrap_or(0)
}

/// Whether a key stands twice, or two keys name the same column.
fn has_a_key_twice(json: &[u8]) -> bool {
    let (mut names, mut columns) = (HashSet::new(), HashSet::new());
    keys(json).into_iter().any(|key| {
        let column = Column::named(key.as_bytes());
        !names.insert(key) || column.is_some_and(|column| !columns.insert(column))
    })
}

fn keys(json: &[u8]) -> Vec<String> {
    let Keys(keys) = serde_json::from_slice(json).unwrap();
    keys
}

/// The keys of an object, in their order, each as often as it stands there.
struct Keys(Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Keys;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Keys, M::Error> {
                let mut keys = Vec::new();
                while let Some((key, IgnoredAny)) = map.next_entry()? {
                    keys.push(key);
                }
                Ok(Keys(keys))
            }
        }
        deserializer.deserialize_map(Object)
    }
}
