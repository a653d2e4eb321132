//! Spanish.

use super::translation::{Labels, Texts, Translation};

pub const TRANSLATION: Translation = Translation {
    tag: "es-ES",
    labels: Labels {
        kind_individual: "Particular",
        kind_corporate: "Empresa",
        kind_group: "Grupo",

        group_association: "Asociación",
        group_club: "Club",
        group_household: "Hogar",
        group_joint_account: "Cuenta conjunta",
        group_membership: "Membresía",
        group_other: "Otro",

        level_basic: "Básico",
        level_standard: "Estándar",
        level_silver: "Plata",
        level_gold: "Oro",
        level_platinum: "Platino",
        level_premium: "Premium",

        role_partner: "Socio",
        role_reseller: "Revendedor",
        role_customer: "Cliente",

        how_referred_website: "Sitio web",
        how_referred_customer: "Cliente",
        how_referred_partner: "Socio",
        how_referred_employee: "Empleado",
        how_referred_reseller: "Revendedor",

        industry_telecom: "Telecomunicaciones",
        industry_finance: "Finanzas",
        industry_insurance: "Seguros",
        industry_retail: "Comercio minorista",
        industry_travel: "Viajes",
        industry_healthcare: "Sanidad",
        industry_technology: "Tecnología",
        industry_government: "Administración pública",
        industry_other: "Otro",

        employment_status_part_time: "A tiempo parcial",
        employment_status_full_time: "A tiempo completo",
        employment_status_temporary: "Temporal",
        employment_status_contract: "Por contrato",
        employment_status_intern: "En prácticas",
        employment_status_unemployed: "Desempleado",

        gender_male: "Hombre",
        gender_female: "Mujer",

        marital_status_married: "Casado/a",
        marital_status_single: "Soltero/a",
        marital_status_separated: "Separado/a",
        marital_status_divorced: "Divorciado/a",
        marital_status_widowed: "Viudo/a",

        contact_billing: "Facturación",
        contact_legal: "Jurídico",

        suffix_jr: "hijo",
        suffix_sr: "padre",
        suffix_i: "I",
        suffix_ii: "II",
        suffix_iii: "III",

        education_level_high_school: "Educación secundaria",
        education_level_graduate: "Grado universitario",
        education_level_post_graduate: "Posgrado",
        education_level_doctorate: "Doctorado",

        postal_office: "Dirección de la oficina",
        postal_home: "Dirección particular",
        postal_mailto: "Dirección postal",
        postal_billto: "Dirección de facturación",
        postal_shipto: "Dirección de envío",

        phone_home: "Teléfono particular",
        phone_office: "Teléfono de la oficina",
        phone_mobile: "Teléfono móvil",
        phone_fax: "Número de fax",
        phone_pager: "Número de busca",

        days_weekdays: "Días laborables",
        days_weekends: "Fines de semana",
        days_any_day: "Cualquier día",

        times_mornings: "Por la mañana",
        times_afternoons: "Por la tarde",
        times_evenings: "Por la noche",
        times_day: "Durante el día",
        times_anytime: "A cualquier hora",

        social_community: "Comunidad",
        social_other: "Otro",

        priority_low: "Baja",
        priority_medium: "Media",
        priority_high: "Alta",

        website_personal: "Sitio web personal",
        website_business: "Sitio web de la empresa",
    },
    texts: Texts {
        unsupported: "No se admite aquí: {0}.",
        not_allowed: "{0} debe ser uno de estos valores: {1}.",
        not_positive: "{0} debe ser un número entero mayor que 0.",
        missing: "El parámetro {0} es obligatorio.",
        unknown_attribute: "$attribute no conoce {0}; conoce: {1}.",
        mixed: "Los parámetros de página y de intervalo no se pueden combinar: use $pagenum y $pagesize, o $rangestart y \
            $rangesize.",
        order_alone: "$order solo es posible junto con $sort.",
        invalid: "El valor de {0} no es válido: {1}.",
        no_criterion: "Indique al menos un criterio de búsqueda: {0}.",
        type_alone: "type no basta por sí solo: añada otro criterio de búsqueda.",
        bad_token: "El token de acceso no es válido o ha caducado.",
        no_token: "Falta el encabezado Authorization o no empieza por Bearer.",
        no_action: "La clave no permite la acción {0}.",
        no_path: "No existe esa ruta.",
        no_method: "Esta ruta solo admite {0}.",
        no_language: "Accept-Language no indica ningún idioma admitido; se admiten: {0}.",
        no_type: "Accept no indica ningún tipo admitido; se admiten: {0}.",
        too_large: "La solicitud supera 1 MB.",
        failed: "Se ha producido un error: inténtelo de nuevo. (trace {0})",

        too_many: "coinciden más de {0} clientes; añada otro criterio",
        too_broad: "es demasiado amplio para buscar; añada otro criterio",
        repeated: "solo puede aparecer una vez",
        empty: "está vacío",
        at_most: "puede ser como máximo {0}",
        too_long: "puede tener como máximo {0} caracteres",
        array: "escriba una matriz JSON de objetos con los textos object, name y value",
        not_searchable: "no hay ningún atributo {0} que se pueda buscar",
        activity: "escriba un objeto JSON con type, isRead, isSecure, mode y sentDate, cada uno un texto con uno de sus valores",
        range: "escriba un intervalo como [2024-05-01T00:00:00.000Z,2024-05-31T23:59:59.999Z]; puede faltar un extremo y \
            el posterior va al final",
    },
};
