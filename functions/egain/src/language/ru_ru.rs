//! Russian.

use super::translation::{Labels, Texts, Translation};

pub const TRANSLATION: Translation = Translation {
    tag: "ru-RU",
    labels: Labels {
        kind_individual: "Частное лицо",
        kind_corporate: "Компания",
        kind_group: "Группа",

        group_association: "Ассоциация",
        group_club: "Клуб",
        group_household: "Домохозяйство",
        group_joint_account: "Совместный счёт",
        group_membership: "Членство",
        group_other: "Другое",

        level_basic: "Базовый",
        level_standard: "Стандартный",
        level_silver: "Серебряный",
        level_gold: "Золотой",
        level_platinum: "Платиновый",
        level_premium: "Премиум",

        role_partner: "Партнёр",
        role_reseller: "Посредник",
        role_customer: "Клиент",

        how_referred_website: "Веб-сайт",
        how_referred_customer: "Клиент",
        how_referred_partner: "Партнёр",
        how_referred_employee: "Сотрудник",
        how_referred_reseller: "Посредник",

        industry_telecom: "Телекоммуникации",
        industry_finance: "Финансы",
        industry_insurance: "Страхование",
        industry_retail: "Розничная торговля",
        industry_travel: "Туризм",
        industry_healthcare: "Здравоохранение",
        industry_technology: "Технологии",
        industry_government: "Государственный сектор",
        industry_other: "Другое",

        employment_status_part_time: "Неполная занятость",
        employment_status_full_time: "Полная занятость",
        employment_status_temporary: "Временная занятость",
        employment_status_contract: "По контракту",
        employment_status_intern: "Стажёр",
        employment_status_unemployed: "Безработный",

        gender_male: "Мужской",
        gender_female: "Женский",

        marital_status_married: "В браке",
        marital_status_single: "Не в браке",
        marital_status_separated: "Живут раздельно",
        marital_status_divorced: "В разводе",
        marital_status_widowed: "Вдова/вдовец",

        contact_billing: "Выставление счетов",
        contact_legal: "Юридические вопросы",

        suffix_jr: "мл.",
        suffix_sr: "ст.",
        suffix_i: "I",
        suffix_ii: "II",
        suffix_iii: "III",

        education_level_high_school: "Среднее образование",
        education_level_graduate: "Высшее образование",
        education_level_post_graduate: "Последипломное образование",
        education_level_doctorate: "Учёная степень",

        postal_office: "Рабочий адрес",
        postal_home: "Домашний адрес",
        postal_mailto: "Почтовый адрес",
        postal_billto: "Адрес для выставления счетов",
        postal_shipto: "Адрес доставки",

        phone_home: "Домашний телефон",
        phone_office: "Рабочий телефон",
        phone_mobile: "Мобильный телефон",
        phone_fax: "Номер факса",
        phone_pager: "Номер пейджера",

        days_weekdays: "Будни",
        days_weekends: "Выходные",
        days_any_day: "Любой день",

        times_mornings: "Утром",
        times_afternoons: "Днём",
        times_evenings: "Вечером",
        times_day: "В течение дня",
        times_anytime: "В любое время",

        social_community: "Сообщество",
        social_other: "Другое",

        priority_low: "Низкий",
        priority_medium: "Средний",
        priority_high: "Высокий",

        website_personal: "Личный сайт",
        website_business: "Сайт компании",
    },
    texts: Texts {
        unsupported: "Здесь не поддерживается: {0}.",
        not_allowed: "{0} должно быть одним из значений: {1}.",
        not_positive: "{0} должно быть целым числом больше 0.",
        missing: "Параметр {0} обязателен.",
        unknown_attribute: "$attribute не поддерживает {0}; поддерживаются: {1}.",
        mixed: "Параметры страницы и диапазона нельзя сочетать: используйте $pagenum и $pagesize либо $rangestart и $rangesize.",
        order_alone: "$order возможно только вместе с $sort.",
        invalid: "Недопустимое значение {0}: {1}.",
        no_criterion: "Укажите хотя бы один критерий поиска: {0}.",
        type_alone: "Одного type недостаточно: добавьте другой критерий поиска.",
        bad_token: "Токен доступа недействителен или истёк.",
        no_token: "Заголовок Authorization отсутствует или не начинается с Bearer.",
        no_action: "Ключ не разрешает действие {0}.",
        no_path: "Такого пути нет.",
        no_method: "Этот путь допускает только {0}.",
        no_language: "Accept-Language не называет поддерживаемого языка; поддерживаются: {0}.",
        no_type: "Accept не называет поддерживаемого типа; поддерживаются: {0}.",
        too_large: "Запрос больше 1 МБ.",
        failed: "Произошла ошибка: повторите попытку. (trace {0})",

        too_many: "подходит более {0} клиентов; добавьте критерий",
        too_broad: "слишком общее условие для поиска; добавьте критерий",
        repeated: "параметр может встречаться только один раз",
        empty: "оно пустое",
        at_most: "допустимо не более {0}",
        too_long: "допустимо не более {0} символов",
        array: "нужен массив JSON из объектов с текстами object, name и value",
        not_searchable: "нет атрибута {0}, доступного для поиска",
        activity: "нужен объект JSON с type, isRead, isSecure, mode и sentDate, каждое — текст с одним из допустимых значений",
        range: "нужен диапазон вида [2024-05-01T00:00:00.000Z,2024-05-31T23:59:59.999Z]; одна граница может \
            отсутствовать, поздняя стоит последней",
    },
};
