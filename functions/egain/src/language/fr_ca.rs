//! Canadian French.

use super::translation::{Labels, Texts, Translation};

pub const TRANSLATION: Translation = Translation {
    tag: "fr-CA",
    labels: Labels {
        kind_individual: "Particulier",
        kind_corporate: "Entreprise",
        kind_group: "Groupe",

        group_association: "Association",
        group_club: "Club",
        group_household: "Ménage",
        group_joint_account: "Compte conjoint",
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

        how_referred_website: "Site Web",
        how_referred_customer: "Client",
        how_referred_partner: "Partenaire",
        how_referred_employee: "Employé",
        how_referred_reseller: "Revendeur",

        industry_telecom: "Télécommunications",
        industry_finance: "Finance",
        industry_insurance: "Assurance",
        industry_retail: "Commerce de détail",
        industry_travel: "Voyage",
        industry_healthcare: "Soins de santé",
        industry_technology: "Technologie",
        industry_government: "Gouvernement",
        industry_other: "Autre",

        employment_status_part_time: "Temps partiel",
        employment_status_full_time: "Temps plein",
        employment_status_temporary: "Temporaire",
        employment_status_contract: "À contrat",
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

        education_level_high_school: "École secondaire",
        education_level_graduate: "Baccalauréat",
        education_level_post_graduate: "Études supérieures",
        education_level_doctorate: "Doctorat",

        postal_office: "Adresse au bureau",
        postal_home: "Adresse à domicile",
        postal_mailto: "Adresse d’expédition",
        postal_billto: "Adresse de facturation",
        postal_shipto: "Adresse de livraison",

        phone_home: "Téléphone à domicile",
        phone_office: "Téléphone au bureau",
        phone_mobile: "Téléphone cellulaire",
        phone_fax: "Numéro de télécopieur",
        phone_pager: "Numéro de téléavertisseur",

        days_weekdays: "Jours de semaine",
        days_weekends: "Fins de semaine",
        days_any_day: "Tous les jours",

        times_mornings: "Le matin",
        times_afternoons: "L’après-midi",
        times_evenings: "Le soir",
        times_day: "Pendant la journée",
        times_anytime: "En tout temps",

        social_community: "Communauté",
        social_other: "Autre",

        priority_low: "Faible",
        priority_medium: "Moyenne",
        priority_high: "Élevée",

        website_personal: "Site personnel",
        website_business: "Site de l’entreprise",
    },
    texts: Texts {
        unsupported: "Non pris en charge dans cette opération : {0}.",
        not_allowed: "{0} doit être une des valeurs suivantes : {1}.",
        not_positive: "{0} doit être un entier supérieur à 0.",
        missing: "Le paramètre {0} est requis.",
        unknown_attribute: "$attribute ne reconnaît pas {0}; valeurs reconnues : {1}.",
        mixed: "Les paramètres de page et d’intervalle ne se combinent pas : utilisez $pagenum et $pagesize, ou \
            $rangestart et $rangesize.",
        order_alone: "$order ne peut être utilisé qu’avec $sort.",
        invalid: "La valeur de {0} est invalide : {1}.",
        no_criterion: "Précisez au moins un critère de recherche : {0}.",
        type_alone: "type seul ne suffit pas : ajoutez un autre critère de recherche.",
        bad_token: "Le jeton d’accès est invalide ou expiré.",
        no_token: "L’en-tête Authorization est manquant ou ne commence pas par Bearer.",
        no_action: "La clé ne permet pas l’action {0}.",
        no_path: "Il n’y a pas de tel chemin.",
        no_method: "Seulement {0} est possible sur ce chemin.",
        no_language: "Accept-Language ne précise aucune langue prise en charge; langues possibles : {0}.",
        no_type: "Accept ne précise aucun type pris en charge; types possibles : {0}.",
        too_large: "La demande dépasse 1 Mo.",
        failed: "Une erreur s’est produite : veuillez réessayer. (trace {0})",

        too_many: "plus de {0} clients correspondent; ajoutez un critère",
        too_broad: "c’est trop vaste pour une recherche; ajoutez un critère",
        repeated: "ce paramètre ne peut apparaître qu’une fois",
        empty: "elle est vide (aucun caractère)",
        at_most: "elle peut être d’au plus {0}",
        too_long: "elle peut compter au plus {0} caractères",
        array: "inscrivez un tableau JSON d’objets avec les textes object, name et value",
        not_searchable: "il n’existe pas d’attribut {0} interrogeable",
        activity: "inscrivez un objet JSON avec type, isRead, isSecure, mode et sentDate, chacun étant un texte avec une \
            de ses valeurs",
        range: "inscrivez un intervalle tel que [2024-05-01T00:00:00.000Z,2024-05-31T23:59:59.999Z]; une borne peut \
            manquer, la plus tardive vient en dernier",
    },
};
