//! Brazilian Portuguese.

use super::translation::{Labels, Texts, Translation};

pub const TRANSLATION: Translation = Translation {
    tag: "pt-BR",
    labels: Labels {
        kind_individual: "Pessoa física",
        kind_corporate: "Empresa",
        kind_group: "Grupo",

        group_association: "Associação",
        group_club: "Clube",
        group_household: "Domicílio",
        group_joint_account: "Conta conjunta",
        group_membership: "Associação de membros",
        group_other: "Outro",

        level_basic: "Básico",
        level_standard: "Padrão",
        level_silver: "Prata",
        level_gold: "Ouro",
        level_platinum: "Platina",
        level_premium: "Premium",

        role_partner: "Parceiro",
        role_reseller: "Revendedor",
        role_customer: "Cliente",

        how_referred_website: "Site",
        how_referred_customer: "Cliente",
        how_referred_partner: "Parceiro",
        how_referred_employee: "Funcionário",
        how_referred_reseller: "Revendedor",

        industry_telecom: "Telecomunicações",
        industry_finance: "Finanças",
        industry_insurance: "Seguros",
        industry_retail: "Varejo",
        industry_travel: "Viagens",
        industry_healthcare: "Saúde",
        industry_technology: "Tecnologia",
        industry_government: "Governo",
        industry_other: "Outro",

        employment_status_part_time: "Meio período",
        employment_status_full_time: "Período integral",
        employment_status_temporary: "Temporário",
        employment_status_contract: "Por contrato",
        employment_status_intern: "Estagiário",
        employment_status_unemployed: "Desempregado",

        gender_male: "Masculino",
        gender_female: "Feminino",

        marital_status_married: "Casado(a)",
        marital_status_single: "Solteiro(a)",
        marital_status_separated: "Separado(a)",
        marital_status_divorced: "Divorciado(a)",
        marital_status_widowed: "Viúvo(a)",

        contact_billing: "Faturamento",
        contact_legal: "Jurídico",

        suffix_jr: "Júnior",
        suffix_sr: "Sênior",
        suffix_i: "I",
        suffix_ii: "II",
        suffix_iii: "III",

        education_level_high_school: "Ensino médio",
        education_level_graduate: "Graduação",
        education_level_post_graduate: "Pós-graduação",
        education_level_doctorate: "Doutorado",

        postal_office: "Endereço comercial",
        postal_home: "Endereço residencial",
        postal_mailto: "Endereço de correspondência",
        postal_billto: "Endereço de cobrança",
        postal_shipto: "Endereço de entrega",

        phone_home: "Telefone residencial",
        phone_office: "Telefone comercial",
        phone_mobile: "Telefone celular",
        phone_fax: "Número de fax",
        phone_pager: "Número de pager",

        days_weekdays: "Dias úteis",
        days_weekends: "Fins de semana",
        days_any_day: "Qualquer dia",

        times_mornings: "Manhãs",
        times_afternoons: "Tardes",
        times_evenings: "Noites",
        times_day: "Durante o dia",
        times_anytime: "A qualquer hora",

        social_community: "Comunidade",
        social_other: "Outro",

        priority_low: "Baixa",
        priority_medium: "Média",
        priority_high: "Alta",

        website_personal: "Site pessoal",
        website_business: "Site da empresa",
    },
    texts: Texts {
        unsupported: "Não é aceito aqui: {0}.",
        not_allowed: "{0} deve ser um destes valores: {1}.",
        not_positive: "{0} deve ser um número inteiro maior que 0.",
        missing: "O parâmetro {0} é obrigatório.",
        unknown_attribute: "$attribute não conhece {0}; conhece: {1}.",
        mixed: "Parâmetros de página e de intervalo não podem ser combinados: use $pagenum e $pagesize, ou $rangestart e \
            $rangesize.",
        order_alone: "$order só é possível junto com $sort.",
        invalid: "O valor de {0} não é válido: {1}.",
        no_criterion: "Informe ao menos um critério de busca: {0}.",
        type_alone: "type não basta sozinho: acrescente outro critério de busca.",
        bad_token: "O token de acesso não é válido ou expirou.",
        no_token: "O cabeçalho Authorization está ausente ou não começa com Bearer.",
        no_action: "A chave não permite a ação {0}.",
        no_path: "Este caminho não existe.",
        no_method: "Este caminho aceita somente {0}.",
        no_language: "Accept-Language não indica nenhum idioma aceito; são aceitos: {0}.",
        no_type: "Accept não indica nenhum tipo aceito; são aceitos: {0}.",
        too_large: "A solicitação é maior que 1 MB.",
        failed: "Algo deu errado: tente novamente. (trace {0})",

        too_many: "mais de {0} clientes correspondem; acrescente um critério",
        too_broad: "é amplo demais para uma busca; acrescente outro critério",
        repeated: "só pode aparecer uma vez",
        empty: "está vazio",
        at_most: "pode ser no máximo {0}",
        too_long: "pode ter no máximo {0} caracteres",
        array: "escreva uma matriz JSON de objetos com os textos object, name e value",
        not_searchable: "não há atributo pesquisável {0}",
        activity: "escreva um objeto JSON com type, isRead, isSecure, mode e sentDate, cada um um texto com um de seus valores",
        range: "escreva um intervalo como [2024-05-01T00:00:00.000Z,2024-05-31T23:59:59.999Z]; um extremo pode faltar, o \
            posterior vem por último",
    },
};
