//! The labels of internal words in the fifteen languages (contract section 5.2). Each row has `attribute.word` and
//! the labels in the order of [`Language`]. A word without a row has no label. Names of networks are the same in
//! every language.

use super::language::{Language, Row};

/// The names of networks, by their internal words.
const NETWORKS: [(&str, &str); 3] = [("twitter", "Twitter"), ("facebook", "Facebook"), ("instagram", "Instagram")];

/// The label of an attribute's internal word, if it has one.
pub fn label(attribute: &str, word: &str, language: Language) -> Option<&'static str> {
    if attribute == "social" {
        let network = NETWORKS.iter().find(|(name, _)| *name == word);
        if let Some((_, label)) = network {
            return Some(label);
        }
    }
    let is_it = |name: &str| name.split_once('.') == Some((attribute, word));
    let row = LABELS.iter().find(|(name, _)| is_it(name))?;
    Some(language.of(&row.1))
}

#[rustfmt::skip]
pub(crate) const LABELS: &[Row] = &[
    ("kind.individual", ["Individual", "Particular", "Particulier", "Privato", "Privatperson", "Particulier", "Pessoa física", "Particular", "Privatperson", "Частное лицо", "Particulier", "个人", "個人", "개인", "Privatperson"]),
    ("kind.corporate", ["Corporate", "Empresa", "Entreprise", "Azienda", "Unternehmen", "Bedrijf", "Empresa", "Empresa", "Virksomhed", "Компания", "Entreprise", "企业", "法人", "기업", "Företag"]),
    ("kind.group", ["Group", "Grupo", "Groupe", "Gruppo", "Gruppe", "Groep", "Grupo", "Grupo", "Gruppe", "Группа", "Groupe", "团体", "グループ", "그룹", "Grupp"]),
    ("group.association", ["Association", "Asociación", "Association", "Associazione", "Verband", "Vereniging", "Associação", "Associação", "Forening", "Ассоциация", "Association", "协会", "団体", "협회", "Förening"]),
    ("group.club", ["Club", "Club", "Club", "Club", "Verein", "Club", "Clube", "Clube", "Klub", "Клуб", "Club", "俱乐部", "クラブ", "클럽", "Klubb"]),
    ("group.household", ["Household", "Hogar", "Foyer", "Nucleo familiare", "Haushalt", "Huishouden", "Domicílio", "Agregado familiar", "Husstand", "Домохозяйство", "Ménage", "家庭", "世帯", "가구", "Hushåll"]),
    ("group.joint_account", ["Joint Account", "Cuenta conjunta", "Compte joint", "Conto cointestato", "Gemeinschaftskonto", "Gezamenlijke rekening", "Conta conjunta", "Conta conjunta", "Fælleskonto", "Совместный счёт", "Compte conjoint", "联名账户", "共同名義口座", "공동 계좌", "Gemensamt konto"]),
    ("group.membership", ["Membership", "Membresía", "Adhésion", "Iscrizione", "Mitgliedschaft", "Lidmaatschap", "Associação de membros", "Adesão", "Medlemskab", "Членство", "Adhésion", "会员", "会員", "회원", "Medlemskap"]),
    ("group.other", ["Other", "Otro", "Autre", "Altro", "Sonstige", "Overig", "Outro", "Outro", "Andet", "Другое", "Autre", "其他", "その他", "기타", "Annat"]),
    ("level.basic", ["Basic", "Básico", "De base", "Base", "Basis", "Basis", "Básico", "Básico", "Basis", "Базовый", "De base", "基础", "ベーシック", "기본", "Bas"]),
    ("level.standard", ["Standard", "Estándar", "Standard", "Standard", "Standard", "Standaard", "Padrão", "Padrão", "Standard", "Стандартный", "Standard", "标准", "スタンダード", "표준", "Standard"]),
    ("level.silver", ["Silver", "Plata", "Argent", "Argento", "Silber", "Zilver", "Prata", "Prata", "Sølv", "Серебряный", "Argent", "银级", "シルバー", "실버", "Silver"]),
    ("level.gold", ["Gold", "Oro", "Or", "Oro", "Gold", "Goud", "Ouro", "Ouro", "Guld", "Золотой", "Or", "金级", "ゴールド", "골드", "Guld"]),
    ("level.platinum", ["Platinum", "Platino", "Platine", "Platino", "Platin", "Platina", "Platina", "Platina", "Platin", "Платиновый", "Platine", "白金级", "プラチナ", "플래티넘", "Platina"]),
    ("level.premium", ["Premium", "Premium", "Premium", "Premium", "Premium", "Premium", "Premium", "Premium", "Premium", "Премиум", "Premium", "高级", "プレミアム", "프리미엄", "Premium"]),
    ("role.partner", ["Partner", "Socio", "Partenaire", "Partner", "Partner", "Partner", "Parceiro", "Parceiro", "Partner", "Партнёр", "Partenaire", "合作伙伴", "パートナー", "파트너", "Partner"]),
    ("role.reseller", ["Reseller", "Revendedor", "Revendeur", "Rivenditore", "Wiederverkäufer", "Wederverkoper", "Revendedor", "Revendedor", "Forhandler", "Посредник", "Revendeur", "经销商", "販売代理店", "리셀러", "Återförsäljare"]),
    ("role.customer", ["Customer", "Cliente", "Client", "Cliente", "Kunde", "Klant", "Cliente", "Cliente", "Kunde", "Клиент", "Client", "客户", "顧客", "고객", "Kund"]),
    ("howReferred.website", ["Website", "Sitio web", "Site web", "Sito web", "Webseite", "Website", "Site", "Sítio Web", "Hjemmeside", "Веб-сайт", "Site Web", "网站", "ウェブサイト", "웹사이트", "Webbplats"]),
    ("howReferred.customer", ["Customer", "Cliente", "Client", "Cliente", "Kunde", "Klant", "Cliente", "Cliente", "Kunde", "Клиент", "Client", "客户", "顧客", "고객", "Kund"]),
    ("howReferred.partner", ["Partner", "Socio", "Partenaire", "Partner", "Partner", "Partner", "Parceiro", "Parceiro", "Partner", "Партнёр", "Partenaire", "合作伙伴", "パートナー", "파트너", "Partner"]),
    ("howReferred.employee", ["Employee", "Empleado", "Employé", "Dipendente", "Mitarbeiter", "Medewerker", "Funcionário", "Colaborador", "Medarbejder", "Сотрудник", "Employé", "员工", "従業員", "직원", "Anställd"]),
    ("howReferred.reseller", ["Reseller", "Revendedor", "Revendeur", "Rivenditore", "Wiederverkäufer", "Wederverkoper", "Revendedor", "Revendedor", "Forhandler", "Посредник", "Revendeur", "经销商", "販売代理店", "리셀러", "Återförsäljare"]),
    ("industry.telecom", ["Telecommunications", "Telecomunicaciones", "Télécommunications", "Telecomunicazioni", "Telekommunikation", "Telecommunicatie", "Telecomunicações", "Telecomunicações", "Telekommunikation", "Телекоммуникации", "Télécommunications", "电信", "電気通信", "통신", "Telekommunikation"]),
    ("industry.finance", ["Finance", "Finanzas", "Finance", "Finanza", "Finanzwesen", "Financiële sector", "Finanças", "Finanças", "Finans", "Финансы", "Finance", "金融", "金融", "금융", "Finans"]),
    ("industry.insurance", ["Insurance", "Seguros", "Assurance", "Assicurazioni", "Versicherung", "Verzekeringen", "Seguros", "Seguros", "Forsikring", "Страхование", "Assurance", "保险", "保険", "보험", "Försäkring"]),
    ("industry.retail", ["Retail", "Comercio minorista", "Commerce de détail", "Vendita al dettaglio", "Einzelhandel", "Detailhandel", "Varejo", "Retalho", "Detailhandel", "Розничная торговля", "Commerce de détail", "零售", "小売", "소매", "Detaljhandel"]),
    ("industry.travel", ["Travel", "Viajes", "Voyage", "Viaggi", "Reisen", "Reizen", "Viagens", "Viagens", "Rejser", "Туризм", "Voyage", "旅游", "旅行", "여행", "Resor"]),
    ("industry.healthcare", ["Healthcare", "Sanidad", "Santé", "Sanità", "Gesundheitswesen", "Gezondheidszorg", "Saúde", "Saúde", "Sundhed", "Здравоохранение", "Soins de santé", "医疗保健", "医療", "의료", "Vård"]),
    ("industry.technology", ["Technology", "Tecnología", "Technologie", "Tecnologia", "Technologie", "Technologie", "Tecnologia", "Tecnologia", "Teknologi", "Технологии", "Technologie", "科技", "テクノロジー", "기술", "Teknik"]),
    ("industry.government", ["Government", "Administración pública", "Administration publique", "Pubblica amministrazione", "Öffentliche Verwaltung", "Overheid", "Governo", "Administração pública", "Offentlig forvaltning", "Государственный сектор", "Gouvernement", "政府", "官公庁", "정부", "Offentlig sektor"]),
    ("industry.other", ["Other", "Otro", "Autre", "Altro", "Sonstige", "Overig", "Outro", "Outro", "Andet", "Другое", "Autre", "其他", "その他", "기타", "Annat"]),
    ("employmentStatus.part-time", ["Part-time", "A tiempo parcial", "Temps partiel", "Part-time (tempo parziale)", "Teilzeit", "Deeltijd", "Meio período", "Tempo parcial", "Deltid", "Неполная занятость", "Temps partiel", "兼职", "パートタイム", "시간제", "Deltid"]),
    ("employmentStatus.full-time", ["Full-time", "A tiempo completo", "Temps plein", "Tempo pieno", "Vollzeit", "Voltijd", "Período integral", "Tempo inteiro", "Fuldtid", "Полная занятость", "Temps plein", "全职", "フルタイム", "전일제", "Heltid"]),
    ("employmentStatus.temporary", ["Temporary", "Temporal", "Intérimaire", "Temporaneo", "Befristet", "Tijdelijk", "Temporário", "Temporário", "Midlertidig", "Временная занятость", "Temporaire", "临时", "臨時", "임시직", "Tillfällig"]),
    ("employmentStatus.contract", ["Contract", "Por contrato", "Contractuel", "A contratto", "Auf Vertragsbasis", "Op contractbasis", "Por contrato", "Contratado", "På kontrakt", "По контракту", "À contrat", "合同工", "契約", "계약직", "På kontrakt"]),
    ("employmentStatus.intern", ["Intern", "En prácticas", "Stagiaire", "Tirocinante", "Praktikant", "Stagiair", "Estagiário", "Estagiário", "Praktikant", "Стажёр", "Stagiaire", "实习生", "インターン", "인턴", "Praktikant"]),
    ("employmentStatus.unemployed", ["Unemployed", "Desempleado", "Sans emploi", "Disoccupato", "Arbeitslos", "Werkloos", "Desempregado", "Desempregado", "Arbejdsløs", "Безработный", "Sans emploi", "失业", "無職", "무직", "Arbetslös"]),
    ("gender.male", ["Male", "Hombre", "Homme", "Uomo", "Männlich", "Man", "Masculino", "Masculino", "Mand", "Мужской", "Homme", "男", "男性", "남성", "Man"]),
    ("gender.female", ["Female", "Mujer", "Femme", "Donna", "Weiblich", "Vrouw", "Feminino", "Feminino", "Kvinde", "Женский", "Femme", "女", "女性", "여성", "Kvinna"]),
    ("maritalStatus.married", ["Married", "Casado/a", "Marié(e)", "Coniugato/a", "Verheiratet", "Gehuwd", "Casado(a)", "Casado(a)", "Gift", "В браке", "Marié(e)", "已婚", "既婚", "기혼", "Gift"]),
    ("maritalStatus.single", ["Single", "Soltero/a", "Célibataire", "Celibe/nubile", "Ledig", "Alleenstaand", "Solteiro(a)", "Solteiro(a)", "Ugift", "Не в браке", "Célibataire", "单身", "未婚", "미혼", "Ogift"]),
    ("maritalStatus.separated", ["Separated", "Separado/a", "Séparé(e)", "Separato/a", "Getrennt lebend", "Gescheiden van tafel en bed", "Separado(a)", "Separado(a)", "Separeret", "Живут раздельно", "Séparé(e)", "分居", "別居", "별거", "Separerad"]),
    ("maritalStatus.divorced", ["Divorced", "Divorciado/a", "Divorcé(e)", "Divorziato/a", "Geschieden", "Gescheiden", "Divorciado(a)", "Divorciado(a)", "Skilt", "В разводе", "Divorcé(e)", "离异", "離婚", "이혼", "Skild"]),
    ("maritalStatus.widowed", ["Widowed", "Viudo/a", "Veuf/veuve", "Vedovo/a", "Verwitwet", "Weduwe/weduwnaar", "Viúvo(a)", "Viúvo(a)", "Enke/enkemand", "Вдова/вдовец", "Veuf/veuve", "丧偶", "死別", "사별", "Änka/änkling"]),
    ("contact.billing", ["Billing", "Facturación", "Facturation", "Fatturazione", "Rechnungsstellung", "Facturering", "Faturamento", "Faturação", "Fakturering", "Выставление счетов", "Facturation", "账务", "請求", "청구", "Fakturering"]),
    ("contact.legal", ["Legal", "Jurídico", "Juridique", "Legale", "Recht", "Juridisch", "Jurídico", "Jurídico", "Jura", "Юридические вопросы", "Juridique", "法务", "法務", "법무", "Juridik"]),
    ("suffix.jr.", ["Jr.", "hijo", "fils", "figlio", "jun.", "jr. (junior)", "Júnior", "Júnior", "junior", "мл.", "fils", "小", "ジュニア", "주니어", "d.y."]),
    ("suffix.sr.", ["Sr.", "padre", "père", "padre", "sen.", "sr. (senior)", "Sênior", "Sénior", "senior", "ст.", "père", "老", "シニア", "시니어", "d.ä."]),
    ("suffix.i", ["I", "I", "I", "I", "I.", "I", "I", "I", "1.", "I", "I", "一世", "1世", "1세", "I"]),
    ("suffix.ii", ["II", "II", "II", "II", "II.", "II", "II", "II", "2.", "II", "II", "二世", "2世", "2세", "II"]),
    ("suffix.iii", ["III", "III", "III", "III", "III.", "III", "III", "III", "3.", "III", "III", "三世", "3世", "3세", "III"]),
    ("educationLevel.high school", ["High school", "Educación secundaria", "Lycée", "Scuola superiore", "Schulabschluss", "Middelbare school", "Ensino médio", "Ensino secundário", "Gymnasium", "Среднее образование", "École secondaire", "高中", "高等学校", "고등학교", "Gymnasium"]),
    ("educationLevel.graduate", ["Graduate", "Grado universitario", "Licence", "Laurea", "Hochschulabschluss", "Hoger onderwijs", "Graduação", "Licenciatura", "Universitetsuddannet", "Высшее образование", "Baccalauréat", "本科", "大学卒", "대졸", "Universitetsexamen"]),
    ("educationLevel.post graduate", ["Post graduate", "Posgrado", "Master", "Laurea magistrale", "Postgraduales Studium", "Postdoctoraal", "Pós-graduação", "Pós-graduação", "Kandidatuddannet", "Последипломное образование", "Études supérieures", "研究生", "大学院修了", "대학원 졸업", "Avancerad examen"]),
    ("educationLevel.doctorate", ["Doctorate", "Doctorado", "Doctorat", "Dottorato", "Promotion", "Doctoraat", "Doutorado", "Doutoramento", "Ph.d.-grad", "Учёная степень", "Doctorat", "博士", "博士", "박사", "Doktorsexamen"]),
    ("postal.office", ["Office address", "Dirección de la oficina", "Adresse professionnelle", "Indirizzo ufficio", "Geschäftsadresse", "Kantooradres", "Endereço comercial", "Morada do escritório", "Arbejdsadresse", "Рабочий адрес", "Adresse au bureau", "办公地址", "勤務先住所", "직장 주소", "Arbetsadress"]),
    ("postal.home", ["Home address", "Dirección particular", "Adresse personnelle", "Indirizzo di casa", "Privatadresse", "Huisadres", "Endereço residencial", "Morada de casa", "Privatadresse", "Домашний адрес", "Adresse à domicile", "家庭地址", "自宅住所", "집 주소", "Hemadress"]),
    ("postal.mailto", ["Mailing address", "Dirección postal", "Adresse postale", "Indirizzo di corrispondenza", "Postanschrift", "Postadres", "Endereço de correspondência", "Morada postal", "Postadresse", "Почтовый адрес", "Adresse d’expédition", "邮寄地址", "郵送先住所", "우편 주소", "Postadress"]),
    ("postal.billto", ["Bill-to address", "Dirección de facturación", "Adresse de facturation", "Indirizzo di fatturazione", "Rechnungsadresse", "Factuuradres", "Endereço de cobrança", "Morada de faturação", "Faktureringsadresse", "Адрес для выставления счетов", "Adresse de facturation", "账单地址", "請求先住所", "청구지 주소", "Faktureringsadress"]),
    ("postal.shipto", ["Shipping address", "Dirección de envío", "Adresse de livraison", "Indirizzo di spedizione", "Lieferadresse", "Verzendadres", "Endereço de entrega", "Morada de envio", "Leveringsadresse", "Адрес доставки", "Adresse de livraison", "收货地址", "配送先住所", "배송지 주소", "Leveransadress"]),
    ("phone.home", ["Home phone number", "Teléfono particular", "Téléphone personnel", "Telefono di casa", "Telefonnummer privat", "Telefoonnummer thuis", "Telefone residencial", "Telefone de casa", "Privattelefon", "Домашний телефон", "Téléphone à domicile", "家庭电话", "自宅電話番号", "집 전화번호", "Hemtelefon"]),
    ("phone.office", ["Office phone number", "Teléfono de la oficina", "Téléphone professionnel", "Telefono ufficio", "Telefonnummer geschäftlich", "Telefoonnummer kantoor", "Telefone comercial", "Telefone do escritório", "Arbejdstelefon", "Рабочий телефон", "Téléphone au bureau", "办公电话", "勤務先電話番号", "직장 전화번호", "Arbetstelefon"]),
    ("phone.mobile", ["Mobile phone number", "Teléfono móvil", "Téléphone portable", "Cellulare", "Mobiltelefonnummer", "Mobiel telefoonnummer", "Telefone celular", "Telemóvel", "Mobiltelefon", "Мобильный телефон", "Téléphone cellulaire", "手机号码", "携帯電話番号", "휴대폰 번호", "Mobiltelefon"]),
    ("phone.fax", ["Fax number", "Número de fax", "Numéro de télécopie", "Numero di fax", "Faxnummer", "Faxnummer", "Número de fax", "Número de fax", "Faxnummer", "Номер факса", "Numéro de télécopieur", "传真号码", "ファックス番号", "팩스 번호", "Faxnummer"]),
    ("phone.pager", ["Pager number", "Número de busca", "Numéro de radiomessagerie", "Numero di cercapersone", "Pagernummer", "Semafoonnummer", "Número de pager", "Número de pager", "Personsøgernummer", "Номер пейджера", "Numéro de téléavertisseur", "寻呼机号码", "ポケットベル番号", "호출기 번호", "Personsökarnummer"]),
    ("days.weekdays", ["Weekdays", "Días laborables", "Jours ouvrés", "Giorni feriali", "Werktags", "Doordeweeks", "Dias úteis", "Dias úteis", "Hverdage", "Будни", "Jours de semaine", "工作日", "平日", "평일", "Vardagar"]),
    ("days.weekends", ["Weekends", "Fines de semana", "Week-ends", "Fine settimana", "Am Wochenende", "In het weekend", "Fins de semana", "Fins de semana", "Weekender", "Выходные", "Fins de semaine", "周末", "週末", "주말", "Helger"]),
    ("days.any_day", ["Any day", "Cualquier día", "Tous les jours", "Tutti i giorni", "Jeden Tag", "Elke dag", "Qualquer dia", "Qualquer dia", "Alle dage", "Любой день", "Tous les jours", "任何一天", "いつでも（曜日不問）", "매일", "Alla dagar"]),
    ("times.mornings", ["Mornings", "Por la mañana", "Le matin", "Mattina", "Morgens", "’s Ochtends", "Manhãs", "De manhã", "Morgen", "Утром", "Le matin", "上午", "午前", "오전", "Förmiddagar"]),
    ("times.afternoons", ["Afternoons", "Por la tarde", "L’après-midi", "Pomeriggio", "Nachmittags", "’s Middags", "Tardes", "De tarde", "Eftermiddag", "Днём", "L’après-midi", "下午", "午後", "오후", "Eftermiddagar"]),
    ("times.evenings", ["Evenings", "Por la noche", "Le soir", "Sera", "Abends", "’s Avonds", "Noites", "À noite", "Aften", "Вечером", "Le soir", "晚上", "夜間", "저녁", "Kvällar"]),
    ("times.day", ["During the day", "Durante el día", "En journée", "Durante il giorno", "Tagsüber", "Overdag", "Durante o dia", "Durante o dia", "I løbet af dagen", "В течение дня", "Pendant la journée", "白天", "日中", "낮 시간", "Dagtid"]),
    ("times.anytime", ["Anytime", "A cualquier hora", "À toute heure", "A qualsiasi ora", "Jederzeit", "Altijd", "A qualquer hora", "A qualquer hora", "Når som helst", "В любое время", "En tout temps", "任何时间", "時間帯不問", "언제든지", "När som helst"]),
    ("social.community", ["Community", "Comunidad", "Communauté", "Comunità", "Gemeinschaft", "Gemeenschap", "Comunidade", "Comunidade", "Fællesskab", "Сообщество", "Communauté", "社区", "コミュニティ", "커뮤니티", "Gemenskap"]),
    ("social.other", ["Other", "Otro", "Autre", "Altro", "Sonstige", "Overig", "Outro", "Outro", "Andet", "Другое", "Autre", "其他", "その他", "기타", "Annat"]),
    ("priority.low", ["Low", "Baja", "Basse", "Bassa", "Niedrig", "Laag", "Baixa", "Baixa", "Lav", "Низкий", "Faible", "低", "低", "낮음", "Låg"]),
    ("priority.medium", ["Medium", "Media", "Moyenne", "Media", "Mittel", "Gemiddeld", "Média", "Média", "Mellem", "Средний", "Moyenne", "中", "中", "보통", "Medel"]),
    ("priority.high", ["High", "Alta", "Haute", "Alta", "Hoch", "Hoog", "Alta", "Alta", "Høj", "Высокий", "Élevée", "高", "高", "높음", "Hög"]),
    ("website.personal", ["Personal website", "Sitio web personal", "Site personnel", "Sito personale", "Private Webseite", "Persoonlijke website", "Site pessoal", "Sítio pessoal", "Personlig hjemmeside", "Личный сайт", "Site personnel", "个人网站", "個人サイト", "개인 웹사이트", "Personlig webbplats"]),
    ("website.business", ["Business website", "Sitio web de la empresa", "Site de l’entreprise", "Sito aziendale", "Firmenwebseite", "Zakelijke website", "Site da empresa", "Sítio da empresa", "Firmahjemmeside", "Сайт компании", "Site de l’entreprise", "企业网站", "企業サイト", "기업 웹사이트", "Företagets webbplats"]),
];
