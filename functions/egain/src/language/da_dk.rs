//! Danish.

use super::translation::{Labels, Texts, Translation};

pub const TRANSLATION: Translation = Translation {
    tag: "da-DK",
    labels: Labels {
        kind_individual: "Privatperson",
        kind_corporate: "Virksomhed",
        kind_group: "Gruppe",

        group_association: "Forening",
        group_club: "Klub",
        group_household: "Husstand",
        group_joint_account: "Fælleskonto",
        group_membership: "Medlemskab",
        group_other: "Andet",

        level_basic: "Basis",
        level_standard: "Standard",
        level_silver: "Sølv",
        level_gold: "Guld",
        level_platinum: "Platin",
        level_premium: "Premium",

        role_partner: "Partner",
        role_reseller: "Forhandler",
        role_customer: "Kunde",

        how_referred_website: "Hjemmeside",
        how_referred_customer: "Kunde",
        how_referred_partner: "Partner",
        how_referred_employee: "Medarbejder",
        how_referred_reseller: "Forhandler",

        industry_telecom: "Telekommunikation",
        industry_finance: "Finans",
        industry_insurance: "Forsikring",
        industry_retail: "Detailhandel",
        industry_travel: "Rejser",
        industry_healthcare: "Sundhed",
        industry_technology: "Teknologi",
        industry_government: "Offentlig forvaltning",
        industry_other: "Andet",

        employment_status_part_time: "Deltid",
        employment_status_full_time: "Fuldtid",
        employment_status_temporary: "Midlertidig",
        employment_status_contract: "På kontrakt",
        employment_status_intern: "Praktikant",
        employment_status_unemployed: "Arbejdsløs",

        gender_male: "Mand",
        gender_female: "Kvinde",

        marital_status_married: "Gift",
        marital_status_single: "Ugift",
        marital_status_separated: "Separeret",
        marital_status_divorced: "Skilt",
        marital_status_widowed: "Enke/enkemand",

        contact_billing: "Fakturering",
        contact_legal: "Jura",

        suffix_jr: "junior",
        suffix_sr: "senior",
        suffix_i: "1.",
        suffix_ii: "2.",
        suffix_iii: "3.",

        education_level_high_school: "Gymnasium",
        education_level_graduate: "Universitetsuddannet",
        education_level_post_graduate: "Kandidatuddannet",
        education_level_doctorate: "Ph.d.-grad",

        postal_office: "Arbejdsadresse",
        postal_home: "Privatadresse",
        postal_mailto: "Postadresse",
        postal_billto: "Faktureringsadresse",
        postal_shipto: "Leveringsadresse",

        phone_home: "Privattelefon",
        phone_office: "Arbejdstelefon",
        phone_mobile: "Mobiltelefon",
        phone_fax: "Faxnummer",
        phone_pager: "Personsøgernummer",

        days_weekdays: "Hverdage",
        days_weekends: "Weekender",
        days_any_day: "Alle dage",

        times_mornings: "Morgen",
        times_afternoons: "Eftermiddag",
        times_evenings: "Aften",
        times_day: "I løbet af dagen",
        times_anytime: "Når som helst",

        social_community: "Fællesskab",
        social_other: "Andet",

        priority_low: "Lav",
        priority_medium: "Mellem",
        priority_high: "Høj",

        website_personal: "Personlig hjemmeside",
        website_business: "Firmahjemmeside",
    },
    texts: Texts {
        unsupported: "Understøttes ikke her: {0}.",
        not_allowed: "{0} skal være en af disse værdier: {1}.",
        not_positive: "{0} skal være et helt tal større end 0.",
        missing: "Parameteren {0} er påkrævet.",
        unknown_attribute: "$attribute kender ikke {0}; kendte er: {1}.",
        mixed: "Side- og intervalparametre kan ikke kombineres: brug $pagenum og $pagesize eller $rangestart og $rangesize.",
        order_alone: "$order er kun muligt sammen med $sort.",
        invalid: "Værdien af {0} er ugyldig: {1}.",
        no_criterion: "Angiv mindst ét søgekriterium: {0}.",
        type_alone: "type er ikke nok alene: tilføj et søgekriterium mere.",
        bad_token: "Adgangstokenet er ugyldigt eller udløbet.",
        no_token: "Headeren Authorization mangler eller begynder ikke med Bearer.",
        no_action: "Nøglen tillader ikke handlingen {0}.",
        no_path: "Denne sti findes ikke.",
        no_method: "Denne sti tillader kun {0}.",
        no_language: "Accept-Language angiver intet understøttet sprog; understøttede er: {0}.",
        no_type: "Accept angiver ingen understøttet type; understøttede er: {0}.",
        too_large: "Forespørgslen er større end 1 MB.",
        failed: "Noget gik galt: prøv igen. (trace {0})",

        too_many: "mere end {0} kunder passer; tilføj et kriterium",
        too_broad: "det er for bredt at søge på; tilføj et kriterium",
        repeated: "den må kun stå der én gang",
        empty: "den er tom",
        at_most: "den må højst være {0}",
        too_long: "den må højst have {0} tegn",
        array: "skriv et JSON-array af objekter med teksterne object, name og value",
        not_searchable: "der findes ingen søgbar attribut {0}",
        activity: "skriv et JSON-objekt med type, isRead, isSecure, mode og sentDate, hver en tekst med en af sine værdier",
        range: "skriv et interval som [2024-05-01T00:00:00.000Z,2024-05-31T23:59:59.999Z]; den ene ende må mangle, den \
            seneste står sidst",
    },
};
