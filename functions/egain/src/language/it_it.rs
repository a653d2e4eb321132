//! Italian.

use super::translation::{Labels, Texts, Translation};

pub const TRANSLATION: Translation = Translation {
    tag: "it-IT",
    labels: Labels {
        kind_individual: "Privato",
        kind_corporate: "Azienda",
        kind_group: "Gruppo",

        group_association: "Associazione",
        group_club: "Club",
        group_household: "Nucleo familiare",
        group_joint_account: "Conto cointestato",
        group_membership: "Iscrizione",
        group_other: "Altro",

        level_basic: "Base",
        level_standard: "Standard",
        level_silver: "Argento",
        level_gold: "Oro",
        level_platinum: "Platino",
        level_premium: "Premium",

        role_partner: "Partner",
        role_reseller: "Rivenditore",
        role_customer: "Cliente",

        how_referred_website: "Sito web",
        how_referred_customer: "Cliente",
        how_referred_partner: "Partner",
        how_referred_employee: "Dipendente",
        how_referred_reseller: "Rivenditore",

        industry_telecom: "Telecomunicazioni",
        industry_finance: "Finanza",
        industry_insurance: "Assicurazioni",
        industry_retail: "Vendita al dettaglio",
        industry_travel: "Viaggi",
        industry_healthcare: "Sanità",
        industry_technology: "Tecnologia",
        industry_government: "Pubblica amministrazione",
        industry_other: "Altro",

        employment_status_part_time: "Part-time (tempo parziale)",
        employment_status_full_time: "Tempo pieno",
        employment_status_temporary: "Temporaneo",
        employment_status_contract: "A contratto",
        employment_status_intern: "Tirocinante",
        employment_status_unemployed: "Disoccupato",

        gender_male: "Uomo",
        gender_female: "Donna",

        marital_status_married: "Coniugato/a",
        marital_status_single: "Celibe/nubile",
        marital_status_separated: "Separato/a",
        marital_status_divorced: "Divorziato/a",
        marital_status_widowed: "Vedovo/a",

        contact_billing: "Fatturazione",
        contact_legal: "Legale",

        suffix_jr: "figlio",
        suffix_sr: "padre",
        suffix_i: "I",
        suffix_ii: "II",
        suffix_iii: "III",

        education_level_high_school: "Scuola superiore",
        education_level_graduate: "Laurea",
        education_level_post_graduate: "Laurea magistrale",
        education_level_doctorate: "Dottorato",

        postal_office: "Indirizzo ufficio",
        postal_home: "Indirizzo di casa",
        postal_mailto: "Indirizzo di corrispondenza",
        postal_billto: "Indirizzo di fatturazione",
        postal_shipto: "Indirizzo di spedizione",

        phone_home: "Telefono di casa",
        phone_office: "Telefono ufficio",
        phone_mobile: "Cellulare",
        phone_fax: "Numero di fax",
        phone_pager: "Numero di cercapersone",

        days_weekdays: "Giorni feriali",
        days_weekends: "Fine settimana",
        days_any_day: "Tutti i giorni",

        times_mornings: "Mattina",
        times_afternoons: "Pomeriggio",
        times_evenings: "Sera",
        times_day: "Durante il giorno",
        times_anytime: "A qualsiasi ora",

        social_community: "Comunità",
        social_other: "Altro",

        priority_low: "Bassa",
        priority_medium: "Media",
        priority_high: "Alta",

        website_personal: "Sito personale",
        website_business: "Sito aziendale",
    },
    texts: Texts {
        unsupported: "Non supportato qui: {0}.",
        not_allowed: "{0} deve essere uno dei valori seguenti: {1}.",
        not_positive: "{0} deve essere un numero intero maggiore di 0.",
        missing: "Il parametro {0} è obbligatorio.",
        unknown_attribute: "$attribute non conosce {0}; conosce: {1}.",
        mixed: "I parametri di pagina e di intervallo non si possono combinare: usare $pagenum e $pagesize, oppure \
            $rangestart e $rangesize.",
        order_alone: "$order è possibile solo insieme a $sort.",
        invalid: "Il valore di {0} non è valido: {1}.",
        no_criterion: "Indicare almeno un criterio di ricerca: {0}.",
        type_alone: "type da solo non basta: aggiungere un altro criterio di ricerca.",
        bad_token: "Il token di accesso non è valido o è scaduto.",
        no_token: "L’intestazione Authorization manca o non inizia con Bearer.",
        no_action: "La chiave non consente l’azione {0}.",
        no_path: "Questo percorso non esiste.",
        no_method: "Questo percorso ammette solo {0}.",
        no_language: "Accept-Language non indica alcuna lingua supportata; sono supportate: {0}.",
        no_type: "Accept non indica alcun tipo supportato; sono supportati: {0}.",
        too_large: "La richiesta supera 1 MB.",
        failed: "Si è verificato un errore: riprovare. (trace {0})",

        too_many: "corrispondono più di {0} clienti; aggiungere un criterio",
        too_broad: "è troppo generico per una ricerca; aggiungere un criterio",
        repeated: "può comparire una sola volta",
        empty: "è vuoto",
        at_most: "può essere al massimo {0}",
        too_long: "può avere al massimo {0} caratteri",
        array: "scrivere un array JSON di oggetti con i testi object, name e value",
        not_searchable: "non esiste un attributo {0} ricercabile",
        activity: "scrivere un oggetto JSON con type, isRead, isSecure, mode e sentDate, ciascuno un testo con uno dei suoi valori",
        range: "scrivere un intervallo come [2024-05-01T00:00:00.000Z,2024-05-31T23:59:59.999Z]; può mancare un estremo, \
            il più tardo viene per ultimo",
    },
};
