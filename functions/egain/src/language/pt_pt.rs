//! Portuguese.

use super::translation::{Labels, Texts, Translation};

pub const TRANSLATION: Translation = Translation {
    tag: "pt-PT",
    labels: Labels {
        kind_individual: "Particular",
        kind_corporate: "Empresa",
        kind_group: "Grupo",

        group_association: "Associação",
        group_club: "Clube",
        group_household: "Agregado familiar",
        group_joint_account: "Conta conjunta",
        group_membership: "Adesão",
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

        how_referred_website: "Sítio Web",
        how_referred_customer: "Cliente",
        how_referred_partner: "Parceiro",
        how_referred_employee: "Colaborador",
        how_referred_reseller: "Revendedor",

        industry_telecom: "Telecomunicações",
        industry_finance: "Finanças",
        industry_insurance: "Seguros",
        industry_retail: "Retalho",
        industry_travel: "Viagens",
        industry_healthcare: "Saúde",
        industry_technology: "Tecnologia",
        industry_government: "Administração pública",
        industry_other: "Outro",

        employment_status_part_time: "Tempo parcial",
        employment_status_full_time: "Tempo inteiro",
        employment_status_temporary: "Temporário",
        employment_status_contract: "Contratado",
        employment_status_intern: "Estagiário",
        employment_status_unemployed: "Desempregado",

        gender_male: "Masculino",
        gender_female: "Feminino",

        marital_status_married: "Casado(a)",
        marital_status_single: "Solteiro(a)",
        marital_status_separated: "Separado(a)",
        marital_status_divorced: "Divorciado(a)",
        marital_status_widowed: "Viúvo(a)",

        contact_billing: "Faturação",
        contact_legal: "Jurídico",

        suffix_jr: "Júnior",
        suffix_sr: "Sénior",
        suffix_i: "I",
        suffix_ii: "II",
        suffix_iii: "III",

        education_level_high_school: "Ensino secundário",
        education_level_graduate: "Licenciatura",
        education_level_post_graduate: "Pós-graduação",
        education_level_doctorate: "Doutoramento",

        postal_office: "Morada do escritório",
        postal_home: "Morada de casa",
        postal_mailto: "Morada postal",
        postal_billto: "Morada de faturação",
        postal_shipto: "Morada de envio",

        phone_home: "Telefone de casa",
        phone_office: "Telefone do escritório",
        phone_mobile: "Telemóvel",
        phone_fax: "Número de fax",
        phone_pager: "Número de pager",

        days_weekdays: "Dias úteis",
        days_weekends: "Fins de semana",
        days_any_day: "Qualquer dia",

        times_mornings: "De manhã",
        times_afternoons: "De tarde",
        times_evenings: "À noite",
        times_day: "Durante o dia",
        times_anytime: "A qualquer hora",

        social_community: "Comunidade",
        social_other: "Outro",

        priority_low: "Baixa",
        priority_medium: "Média",
        priority_high: "Alta",

        website_personal: "Sítio pessoal",
        website_business: "Sítio da empresa",
    },
    texts: Texts {
        unsupported: "Não suportado aqui: {0}.",
        not_allowed: "{0} tem de ser um destes valores: {1}.",
        not_positive: "{0} tem de ser um número inteiro superior a 0.",
        missing: "É necessário o parâmetro {0}.",
        unknown_attribute: "$attribute desconhece {0}; são conhecidos: {1}.",
        mixed: "Os parâmetros de página e de intervalo não se combinam: utilize $pagenum e $pagesize, ou $rangestart e $rangesize.",
        order_alone: "$order só é possível em conjunto com $sort.",
        invalid: "O valor de {0} é inválido: {1}.",
        no_criterion: "Indique pelo menos um critério de pesquisa: {0}.",
        type_alone: "type não é suficiente por si só: acrescente outro critério de pesquisa.",
        bad_token: "O token de acesso é inválido ou expirou.",
        no_token: "O cabeçalho Authorization está em falta ou não começa por Bearer.",
        no_action: "A chave não autoriza a ação {0}.",
        no_path: "Não existe esse caminho.",
        no_method: "Este caminho só permite {0}.",
        no_language: "Accept-Language não indica nenhum idioma suportado; são suportados: {0}.",
        no_type: "Accept não indica nenhum tipo suportado; são suportados: {0}.",
        too_large: "O pedido excede 1 MB.",
        failed: "Ocorreu um erro: tente novamente. (trace {0})",

        too_many: "mais de {0} clientes correspondem; adicione um critério",
        too_broad: "é demasiado abrangente para pesquisar; adicione um critério",
        repeated: "só pode constar uma vez",
        empty: "está em branco",
        at_most: "pode ser, no máximo, {0}",
        too_long: "pode ter, no máximo, {0} caracteres",
        array: "escreva uma matriz JSON de objetos que tenham os textos object, name e value",
        not_searchable: "não existe um atributo {0} pesquisável",
        activity: "escreva um objeto JSON com type, isRead, isSecure, mode e sentDate, cada um deles um texto com um dos \
            seus valores",
        range: "escreva um intervalo do tipo [2024-05-01T00:00:00.000Z,2024-05-31T23:59:59.999Z]; pode faltar um \
            extremo, o posterior fica no fim",
    },
};
