//! German.

use super::translation::{Labels, Texts, Translation};

pub const TRANSLATION: Translation = Translation {
    tag: "de-DE",
    labels: Labels {
        kind_individual: "Privatperson",
        kind_corporate: "Unternehmen",
        kind_group: "Gruppe",

        group_association: "Verband",
        group_club: "Verein",
        group_household: "Haushalt",
        group_joint_account: "Gemeinschaftskonto",
        group_membership: "Mitgliedschaft",
        group_other: "Sonstige",

        level_basic: "Basis",
        level_standard: "Standard",
        level_silver: "Silber",
        level_gold: "Gold",
        level_platinum: "Platin",
        level_premium: "Premium",

        role_partner: "Partner",
        role_reseller: "Wiederverkäufer",
        role_customer: "Kunde",

        how_referred_website: "Webseite",
        how_referred_customer: "Kunde",
        how_referred_partner: "Partner",
        how_referred_employee: "Mitarbeiter",
        how_referred_reseller: "Wiederverkäufer",

        industry_telecom: "Telekommunikation",
        industry_finance: "Finanzwesen",
        industry_insurance: "Versicherung",
        industry_retail: "Einzelhandel",
        industry_travel: "Reisen",
        industry_healthcare: "Gesundheitswesen",
        industry_technology: "Technologie",
        industry_government: "Öffentliche Verwaltung",
        industry_other: "Sonstige",

        employment_status_part_time: "Teilzeit",
        employment_status_full_time: "Vollzeit",
        employment_status_temporary: "Befristet",
        employment_status_contract: "Auf Vertragsbasis",
        employment_status_intern: "Praktikant",
        employment_status_unemployed: "Arbeitslos",

        gender_male: "Männlich",
        gender_female: "Weiblich",

        marital_status_married: "Verheiratet",
        marital_status_single: "Ledig",
        marital_status_separated: "Getrennt lebend",
        marital_status_divorced: "Geschieden",
        marital_status_widowed: "Verwitwet",

        contact_billing: "Rechnungsstellung",
        contact_legal: "Recht",

        suffix_jr: "jun.",
        suffix_sr: "sen.",
        suffix_i: "I.",
        suffix_ii: "II.",
        suffix_iii: "III.",

        education_level_high_school: "Schulabschluss",
        education_level_graduate: "Hochschulabschluss",
        education_level_post_graduate: "Postgraduales Studium",
        education_level_doctorate: "Promotion",

        postal_office: "Geschäftsadresse",
        postal_home: "Privatadresse",
        postal_mailto: "Postanschrift",
        postal_billto: "Rechnungsadresse",
        postal_shipto: "Lieferadresse",

        phone_home: "Telefonnummer privat",
        phone_office: "Telefonnummer geschäftlich",
        phone_mobile: "Mobiltelefonnummer",
        phone_fax: "Faxnummer",
        phone_pager: "Pagernummer",

        days_weekdays: "Werktags",
        days_weekends: "Am Wochenende",
        days_any_day: "Jeden Tag",

        times_mornings: "Morgens",
        times_afternoons: "Nachmittags",
        times_evenings: "Abends",
        times_day: "Tagsüber",
        times_anytime: "Jederzeit",

        social_community: "Gemeinschaft",
        social_other: "Sonstige",

        priority_low: "Niedrig",
        priority_medium: "Mittel",
        priority_high: "Hoch",

        website_personal: "Private Webseite",
        website_business: "Firmenwebseite",
    },
    texts: Texts {
        unsupported: "Hier nicht unterstützt: {0}.",
        not_allowed: "{0} muss einer dieser Werte sein: {1}.",
        not_positive: "{0} muss eine ganze Zahl größer als 0 sein.",
        missing: "Der Parameter {0} ist erforderlich.",
        unknown_attribute: "$attribute kennt {0} nicht; bekannt sind: {1}.",
        mixed: "Seiten- und Bereichsparameter lassen sich nicht verbinden: entweder $pagenum und $pagesize oder \
            $rangestart und $rangesize.",
        order_alone: "$order ist nur zusammen mit $sort möglich.",
        invalid: "Der Wert von {0} ist ungültig: {1}.",
        no_criterion: "Bitte mindestens ein Suchkriterium angeben: {0}.",
        type_alone: "type allein genügt nicht: bitte ein weiteres Suchkriterium angeben.",
        bad_token: "Das Zugriffstoken ist ungültig oder abgelaufen.",
        no_token: "Der Header Authorization fehlt oder beginnt nicht mit Bearer.",
        no_action: "Der Schlüssel erlaubt die Aktion {0} nicht.",
        no_path: "Diesen Pfad gibt es nicht.",
        no_method: "Dieser Pfad erlaubt nur {0}.",
        no_language: "Accept-Language nennt keine unterstützte Sprache; unterstützt werden: {0}.",
        no_type: "Accept nennt keinen unterstützten Typ; unterstützt werden: {0}.",
        too_large: "Die Anfrage ist größer als 1 MB.",
        failed: "Etwas ist schiefgegangen: bitte noch einmal versuchen. (trace {0})",

        too_many: "mehr als {0} Kunden passen; bitte ein weiteres Kriterium angeben",
        too_broad: "das ist für eine Suche zu weit gefasst; bitte ein weiteres Kriterium angeben",
        repeated: "der Parameter darf nur einmal vorkommen",
        empty: "er ist leer",
        at_most: "er darf höchstens {0} sein",
        too_long: "er darf höchstens {0} Zeichen haben",
        array: "erwartet wird ein JSON-Array von Objekten mit den Texten object, name und value",
        not_searchable: "es gibt kein durchsuchbares Attribut {0}",
        activity: "erwartet wird ein JSON-Objekt mit type, isRead, isSecure, mode und sentDate, jeweils ein Text mit \
            einem der möglichen Werte",
        range: "erwartet wird ein Bereich wie [2024-05-01T00:00:00.000Z,2024-05-31T23:59:59.999Z]; ein Ende darf fehlen, \
            das spätere steht zuletzt",
    },
};
