//! French.

use super::translation::{Labels, Texts, Translation};

pub const TRANSLATION: Translation = Translation {
    tag: "fr-FR",
    labels: Labels {
        kind_individual: "Particulier",
        kind_corporate: "Entreprise",
        kind_group: "Groupe",

        group_association: "Association",
        group_club: "Club",
        group_household: "Foyer",
        group_joint_account: "Compte joint",
        group_membership: "Adhésion",
        group_other: "Autre",

        level_basic: "De base",
        level_standard: "Standard",
        level_silver: "Argent",
        level_gold: "Or",
        level_platinum: "Platine",
        level_premium: "Premium",

        role_partner: "Partenaire",
        role_reseller: "Revendeur",
        role_customer: "Client",

        how_referred_website: "Site web",
        how_referred_customer: "Client",
        how_referred_partner: "Partenaire",
        how_referred_employee: "Employé",
        how_referred_reseller: "Revendeur",

        industry_telecom: "Télécommunications",
        industry_finance: "Finance",
        industry_insurance: "Assurance",
        industry_retail: "Commerce de détail",
        industry_travel: "Voyage",
        industry_healthcare: "Santé",
        industry_technology: "Technologie",
        industry_government: "Administration publique",
        industry_other: "Autre",

        employment_status_part_time: "Temps partiel",
        employment_status_full_time: "Temps plein",
        employment_status_temporary: "Intérimaire",
        employment_status_contract: "Contractuel",
        employment_status_intern: "Stagiaire",
        employment_status_unemployed: "Sans emploi",

        gender_male: "Homme",
        gender_female: "Femme",

        marital_status_married: "Marié(e)",
        marital_status_single: "Célibataire",
        marital_status_separated: "Séparé(e)",
        marital_status_divorced: "Divorcé(e)",
        marital_status_widowed: "Veuf/veuve",

        contact_billing: "Facturation",
        contact_legal: "Juridique",

        suffix_jr: "fils",
        suffix_sr: "père",
        suffix_i: "I",
        suffix_ii: "II",
        suffix_iii: "III",

        education_level_high_school: "Lycée",
        education_level_graduate: "Licence",
        education_level_post_graduate: "Master",
        education_level_doctorate: "Doctorat",

        postal_office: "Adresse professionnelle",
        postal_home: "Adresse personnelle",
        postal_mailto: "Adresse postale",
        postal_billto: "Adresse de facturation",
        postal_shipto: "Adresse de livraison",

        phone_home: "Téléphone personnel",
        phone_office: "Téléphone professionnel",
        phone_mobile: "Téléphone portable",
        phone_fax: "Numéro de télécopie",
        phone_pager: "Numéro de radiomessagerie",

        days_weekdays: "Jours ouvrés",
        days_weekends: "Week-ends",
        days_any_day: "Tous les jours",

        times_mornings: "Le matin",
        times_afternoons: "L’après-midi",
        times_evenings: "Le soir",
        times_day: "En journée",
        times_anytime: "À toute heure",

        social_community: "Communauté",
        social_other: "Autre",

        priority_low: "Basse",
        priority_medium: "Moyenne",
        priority_high: "Haute",

        website_personal: "Site personnel",
        website_business: "Site de l’entreprise",
    },
    texts: Texts {
        unsupported: "Non pris en charge ici : {0}.",
        not_allowed: "{0} doit être l’une des valeurs suivantes : {1}.",
        not_positive: "{0} doit être un nombre entier supérieur à 0.",
        missing: "Le paramètre {0} est obligatoire.",
        unknown_attribute: "$attribute ne connaît pas {0} ; il connaît : {1}.",
        mixed: "Les paramètres de page et de plage ne peuvent pas être combinés : utilisez $pagenum et $pagesize, ou \
            $rangestart et $rangesize.",
        order_alone: "$order n’est possible qu’avec $sort.",
        invalid: "La valeur de {0} n’est pas valide : {1}.",
        no_criterion: "Indiquez au moins un critère de recherche : {0}.",
        type_alone: "type ne suffit pas à lui seul : ajoutez un autre critère de recherche.",
        bad_token: "Le jeton d’accès n’est pas valide ou a expiré.",
        no_token: "L’en-tête Authorization est absent ou ne commence pas par Bearer.",
        no_action: "La clé n’autorise pas l’action {0}.",
        no_path: "Ce chemin n’existe pas.",
        no_method: "Ce chemin n’admet que {0}.",
        no_language: "Accept-Language n’indique aucune langue prise en charge ; langues possibles : {0}.",
        no_type: "Accept n’indique aucun type pris en charge ; types possibles : {0}.",
        too_large: "La requête dépasse 1 Mo.",
        failed: "Une erreur est survenue : veuillez réessayer. (trace {0})",

        too_many: "plus de {0} clients correspondent ; ajoutez un critère",
        too_broad: "c’est trop large pour une recherche ; ajoutez un critère",
        repeated: "ce paramètre ne peut figurer qu’une fois",
        empty: "elle est vide",
        at_most: "elle peut être au plus {0}",
        too_long: "elle peut comporter au plus {0} caractères",
        array: "écrivez un tableau JSON d’objets avec les textes object, name et value",
        not_searchable: "il n’y a pas d’attribut {0} utilisable pour la recherche",
        activity: "écrivez un objet JSON avec type, isRead, isSecure, mode et sentDate, chacun étant un texte avec l’une \
            de ses valeurs",
        range: "écrivez une plage telle que [2024-05-01T00:00:00.000Z,2024-05-31T23:59:59.999Z] ; une borne peut \
            manquer, la plus tardive vient en dernier",
    },
};
