//! Japanese.

use super::translation::{Labels, Texts, Translation};

pub const TRANSLATION: Translation = Translation {
    tag: "ja-JP",
    labels: Labels {
        kind_individual: "個人",
        kind_corporate: "法人",
        kind_group: "グループ",

        group_association: "団体",
        group_club: "クラブ",
        group_household: "世帯",
        group_joint_account: "共同名義口座",
        group_membership: "会員",
        group_other: "その他",

        level_basic: "ベーシック",
        level_standard: "スタンダード",
        level_silver: "シルバー",
        level_gold: "ゴールド",
        level_platinum: "プラチナ",
        level_premium: "プレミアム",

        role_partner: "パートナー",
        role_reseller: "販売代理店",
        role_customer: "顧客",

        how_referred_website: "ウェブサイト",
        how_referred_customer: "顧客",
        how_referred_partner: "パートナー",
        how_referred_employee: "従業員",
        how_referred_reseller: "販売代理店",

        industry_telecom: "電気通信",
        industry_finance: "金融",
        industry_insurance: "保険",
        industry_retail: "小売",
        industry_travel: "旅行",
        industry_healthcare: "医療",
        industry_technology: "テクノロジー",
        industry_government: "官公庁",
        industry_other: "その他",

        employment_status_part_time: "パートタイム",
        employment_status_full_time: "フルタイム",
        employment_status_temporary: "臨時",
        employment_status_contract: "契約",
        employment_status_intern: "インターン",
        employment_status_unemployed: "無職",

        gender_male: "男性",
        gender_female: "女性",

        marital_status_married: "既婚",
        marital_status_single: "未婚",
        marital_status_separated: "別居",
        marital_status_divorced: "離婚",
        marital_status_widowed: "死別",

        contact_billing: "請求",
        contact_legal: "法務",

        suffix_jr: "ジュニア",
        suffix_sr: "シニア",
        suffix_i: "1世",
        suffix_ii: "2世",
        suffix_iii: "3世",

        education_level_high_school: "高等学校",
        education_level_graduate: "大学卒",
        education_level_post_graduate: "大学院修了",
        education_level_doctorate: "博士",

        postal_office: "勤務先住所",
        postal_home: "自宅住所",
        postal_mailto: "郵送先住所",
        postal_billto: "請求先住所",
        postal_shipto: "配送先住所",

        phone_home: "自宅電話番号",
        phone_office: "勤務先電話番号",
        phone_mobile: "携帯電話番号",
        phone_fax: "ファックス番号",
        phone_pager: "ポケットベル番号",

        days_weekdays: "平日",
        days_weekends: "週末",
        days_any_day: "いつでも（曜日不問）",

        times_mornings: "午前",
        times_afternoons: "午後",
        times_evenings: "夜間",
        times_day: "日中",
        times_anytime: "時間帯不問",

        social_community: "コミュニティ",
        social_other: "その他",

        priority_low: "低",
        priority_medium: "中",
        priority_high: "高",

        website_personal: "個人サイト",
        website_business: "企業サイト",
    },
    texts: Texts {
        unsupported: "ここでは使用できません: {0}",
        not_allowed: "{0} は次のいずれかである必要があります: {1}",
        not_positive: "{0} は 0 より大きい整数である必要があります。",
        missing: "パラメーター {0} は必須です。",
        unknown_attribute: "$attribute は {0} に対応していません。対応: {1}",
        mixed: "ページと範囲のパラメーターは併用できません。$pagenum と $pagesize、または $rangestart と $rangesize \
            を使用してください。",
        order_alone: "$order は $sort と一緒にのみ使用できます。",
        invalid: "{0} の値が正しくありません: {1}",
        no_criterion: "検索条件を少なくとも 1 つ指定してください: {0}",
        type_alone: "type だけでは不十分です。別の検索条件を追加してください。",
        bad_token: "アクセストークンが無効か、期限が切れています。",
        no_token: "Authorization ヘッダーがないか、Bearer で始まっていません。",
        no_action: "このキーでは操作 {0} を実行できません。",
        no_path: "このパスは存在しません。",
        no_method: "このパスでは {0} のみ使用できます。",
        no_language: "Accept-Language に対応する言語がありません。対応言語: {0}",
        no_type: "Accept に対応する形式がありません。対応形式: {0}",
        too_large: "リクエストが 1 MB を超えています。",
        failed: "エラーが発生しました。もう一度お試しください。(trace {0})",

        too_many: "{0} 人を超える顧客が一致します。条件を追加してください",
        too_broad: "範囲が広すぎて検索できません。条件を追加してください",
        repeated: "1 回しか指定できません",
        empty: "空です",
        at_most: "{0} 以下である必要があります",
        too_long: "{0} 文字以下である必要があります",
        array: "object、name、value のテキストを持つオブジェクトの JSON 配列を指定してください",
        not_searchable: "検索できる属性 {0} がありません",
        activity: "type、isRead、isSecure、mode、sentDate の JSON オブジェクトを、それぞれ許可された値のテキストで指定してください",
        range: "[2024-05-01T00:00:00.000Z,2024-05-31T23:59:59.999Z] \
            のような範囲を指定してください。片方は省略でき、遅い方を後に書きます",
    },
};
