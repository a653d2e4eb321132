//! Korean.

use super::translation::{Labels, Texts, Translation};

pub const TRANSLATION: Translation = Translation {
    tag: "ko-KR",
    labels: Labels {
        kind_individual: "개인",
        kind_corporate: "기업",
        kind_group: "그룹",

        group_association: "협회",
        group_club: "클럽",
        group_household: "가구",
        group_joint_account: "공동 계좌",
        group_membership: "회원",
        group_other: "기타",

        level_basic: "기본",
        level_standard: "표준",
        level_silver: "실버",
        level_gold: "골드",
        level_platinum: "플래티넘",
        level_premium: "프리미엄",

        role_partner: "파트너",
        role_reseller: "리셀러",
        role_customer: "고객",

        how_referred_website: "웹사이트",
        how_referred_customer: "고객",
        how_referred_partner: "파트너",
        how_referred_employee: "직원",
        how_referred_reseller: "리셀러",

        industry_telecom: "통신",
        industry_finance: "금융",
        industry_insurance: "보험",
        industry_retail: "소매",
        industry_travel: "여행",
        industry_healthcare: "의료",
        industry_technology: "기술",
        industry_government: "정부",
        industry_other: "기타",

        employment_status_part_time: "시간제",
        employment_status_full_time: "전일제",
        employment_status_temporary: "임시직",
        employment_status_contract: "계약직",
        employment_status_intern: "인턴",
        employment_status_unemployed: "무직",

        gender_male: "남성",
        gender_female: "여성",

        marital_status_married: "기혼",
        marital_status_single: "미혼",
        marital_status_separated: "별거",
        marital_status_divorced: "이혼",
        marital_status_widowed: "사별",

        contact_billing: "청구",
        contact_legal: "법무",

        suffix_jr: "주니어",
        suffix_sr: "시니어",
        suffix_i: "1세",
        suffix_ii: "2세",
        suffix_iii: "3세",

        education_level_high_school: "고등학교",
        education_level_graduate: "대졸",
        education_level_post_graduate: "대학원 졸업",
        education_level_doctorate: "박사",

        postal_office: "직장 주소",
        postal_home: "집 주소",
        postal_mailto: "우편 주소",
        postal_billto: "청구지 주소",
        postal_shipto: "배송지 주소",

        phone_home: "집 전화번호",
        phone_office: "직장 전화번호",
        phone_mobile: "휴대폰 번호",
        phone_fax: "팩스 번호",
        phone_pager: "호출기 번호",

        days_weekdays: "평일",
        days_weekends: "주말",
        days_any_day: "매일",

        times_mornings: "오전",
        times_afternoons: "오후",
        times_evenings: "저녁",
        times_day: "낮 시간",
        times_anytime: "언제든지",

        social_community: "커뮤니티",
        social_other: "기타",

        priority_low: "낮음",
        priority_medium: "보통",
        priority_high: "높음",

        website_personal: "개인 웹사이트",
        website_business: "기업 웹사이트",
    },
    texts: Texts {
        unsupported: "여기서는 지원되지 않습니다: {0}.",
        not_allowed: "{0}은(는) 다음 중 하나여야 합니다: {1}.",
        not_positive: "{0}은(는) 0보다 큰 정수여야 합니다.",
        missing: "{0} 매개변수는 필수입니다.",
        unknown_attribute: "$attribute은(는) {0}을(를) 지원하지 않습니다. 지원 항목: {1}.",
        mixed: "페이지 매개변수와 범위 매개변수는 함께 쓸 수 없습니다. $pagenum과 $pagesize 또는 $rangestart와 \
            $rangesize를 사용하십시오.",
        order_alone: "$order은(는) $sort와 함께만 사용할 수 있습니다.",
        invalid: "{0}의 값이 올바르지 않습니다: {1}.",
        no_criterion: "검색 조건을 하나 이상 지정하십시오: {0}.",
        type_alone: "type만으로는 부족합니다. 다른 검색 조건을 추가하십시오.",
        bad_token: "액세스 토큰이 유효하지 않거나 만료되었습니다.",
        no_token: "Authorization 헤더가 없거나 Bearer로 시작하지 않습니다.",
        no_action: "이 키는 {0} 작업을 허용하지 않습니다.",
        no_path: "이 경로는 존재하지 않습니다.",
        no_method: "이 경로는 {0}만 허용합니다.",
        no_language: "Accept-Language에 지원되는 언어가 없습니다. 지원 언어: {0}.",
        no_type: "Accept에 지원되는 형식이 없습니다. 지원 형식: {0}.",
        too_large: "요청이 1 MB보다 큽니다.",
        failed: "문제가 발생했습니다. 다시 시도하십시오. (trace {0})",

        too_many: "일치하는 고객이 {0}명을 넘습니다. 조건을 추가하십시오",
        too_broad: "범위가 너무 넓어 검색할 수 없습니다. 조건을 추가하십시오",
        repeated: "한 번만 지정할 수 있습니다",
        empty: "비어 있습니다",
        at_most: "최대 {0}까지 가능합니다",
        too_long: "최대 {0}자까지 가능합니다",
        array: "object, name, value 텍스트를 가진 객체의 JSON 배열을 입력하십시오",
        not_searchable: "검색할 수 있는 {0} 속성이 없습니다",
        activity: "type, isRead, isSecure, mode, sentDate로 된 JSON 객체를 각각 허용된 값의 텍스트로 입력하십시오",
        range: "[2024-05-01T00:00:00.000Z,2024-05-31T23:59:59.999Z]와 같은 범위를 입력하십시오. 한쪽은 생략할 수 있으며 \
            늦은 쪽이 뒤에 옵니다",
    },
};
