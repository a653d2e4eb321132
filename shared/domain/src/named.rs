//! Enums whose variants have names: on the wire, in files and in keys.

use crate::{
    case::Status,
    event::{Medium, Mode},
    key::Permission,
    matching::Strictness,
    model::{FieldType, Object, Role},
    party::CustomerKind,
};

/// Gives enums a list of their variants and conversions from and to names, by what they derive from strum.
macro_rules! named {
    ($($named:ident),*) => {
        $(
            impl $named {
                /// All variants, in order.
                pub const ALL: [Self; <Self as strum::EnumCount>::COUNT] =
                    match <Self as strum::VariantArray>::VARIANTS.first_chunk() {
                        Some(all) => *all,
                        None => unreachable!(),
                    };

                /// The name of the variant.
                pub fn name(self) -> &'static str {
                    self.into()
                }

                /// Reads a name, spelled exactly.
                pub fn parse(name: &str) -> Option<Self> {
                    name.parse().ok()
                }
            }
        )*

        #[cfg(test)]
        mod tests {
            use super::*;

            #[test]
            fn the_name_is_what_is_stored() {
                $(for one in $named::ALL {
                    assert_eq!(serde_json::to_value(one).unwrap(), one.name());
                    assert_eq!($named::parse(one.name()), Some(one));
                })*
            }
        }
    };
}

named!(
    FieldType,
    CustomerKind,
    Medium,
    Mode,
    Object,
    Permission,
    Role,
    Status,
    Strictness
);
