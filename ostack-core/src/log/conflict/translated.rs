//! dnf's statements in other languages, as libdnf 0.69 prints them: `{}` stands for a value.

use super::ConflictKind::{
    self, BothVersions, Conflicts, Excluded, ModularFilter, NothingProvides, Obsoletes,
    ProvidersRuledOut,
};

/// The statements, each with its language. The values stand in the order of the English ones.
pub(super) const STATEMENTS: &[(ConflictKind, &str)] = &[
    // de
    (NothingProvides, "nichts stellt {} bereit, das von {} benötigt wird"),
    (Conflicts, "Paket {} steht im Konflikt mit {}, das von {} bereitgestellt wird"),
    (Obsoletes, "Paket {} macht {} obsolet, das von {} bereitgestellt wird"),
    (ModularFilter, "Paket {} wird durch modulare Filterung herausgefiltert"),
    (Excluded, "Paket {} wird durch Ausschlussfilterung herausgefiltert"),
    // fr
    (NothingProvides, "rien de fournit {} rendu nécessaire par {}"),
    (ProvidersRuledOut, "le paquet {} nécessite {}, mais aucun fournisseur ne peut être installé"),
    (BothVersions, "installation impossible à la fois de {} et {}"),
    (Conflicts, "le paquet {} est en conflit avec {} fourni par {}"),
    (Obsoletes, "le paquet {} rend obsolète {} fourni par {}"),
    (ModularFilter, "le paquet {} a été filtré par filtrage modulaire"),
    (Excluded, "le paquet {} a été filtré en excluant le filtrage"),
    // ja
    (NothingProvides, "{} が提供されません {} に必要です"),
    (
        ProvidersRuledOut,
        "パッケージ {} には {} が必要ですが、どのプロバイダーからもインストールできません",
    ),
    (BothVersions, "{} と {} どちらもインストールできません"),
    (Conflicts, "パッケージ {} は {} と競合しています。これは {} により提供されます"),
    (Obsoletes, "パッケージ {} は {} を廃止しました。これは {} により提供されます"),
    (ModularFilter, "パッケージ {} はモジュラーフィルタリングに一致しません"),
    (Excluded, "パッケージ {} は除外フィルタリングに一致しません"),
    // ko
    (NothingProvides, "{}에 필요한 {}가 제공되지 않았습니다"),
    (ProvidersRuledOut, "꾸러미 {}는 {}가 필요하지만, 공급자가 없어 설치 할 수 없습니다"),
    (BothVersions, "{} 와 {} 모두 설치 할 수 없습니다"),
    (Conflicts, "꾸러미 {}은 {}에서 제공된 {}와 충돌합니다"),
    (Obsoletes, "꾸러미 {}가 {}에의해 제공된 {}를 폐기합니다"),
    (ModularFilter, "꾸러미 {}가 모듈식으로 걸러 제거됩니다"),
    (Excluded, "꾸러미 {}가 걸러지는 것에서 제외되었습니다"),
    // pl
    (NothingProvides, "nic nie dostarcza {} wymaganego przez {}"),
    (
        ProvidersRuledOut,
        "pakiet {} wymaga {}, ale nie można zainstalować żadnego pakietu go dostarczającego",
    ),
    (BothVersions, "nie można zainstalować {} i {} jednocześnie"),
    (Conflicts, "pakiet {} jest sprzeczny z {} dostarczanym przez {}"),
    (Obsoletes, "pakiet {} zastępuje {} dostarczane przez {}"),
    (ModularFilter, "pakiet {} został odfiltrowany filtrem modularnym"),
    (Excluded, "pakiet {} został odfiltrowany filtrem wykluczania"),
    // pt_BR
    (NothingProvides, "nada fornece {} necessário para {}"),
    (ProvidersRuledOut, "pacote {} requer {}, mas nenhum dos provedores pode ser instalado"),
    (BothVersions, "não é possível instalar {} e {}"),
    (Conflicts, "pacote {} conflita com {} oferecido por {}"),
    (Obsoletes, "pacote {} torna obsoleto {} oferecido por {}"),
    (ModularFilter, "o pacote {} é filtrado por filtragem modular"),
    (Excluded, "o pacote {} é filtrado pela filtragem de exclusão"),
    // ru
    (NothingProvides, "не содержится ничего из {} необходимого для {}"),
    (
        ProvidersRuledOut,
        "пакету {} требуется {}, но ни один из предоставляющих пакетов не может быть установлен",
    ),
    (BothVersions, "невозможно установить {} совместно с {}"),
    (Conflicts, "пакет {} конфликтирует с {} предоставляемый {}"),
    (Obsoletes, "пакет {} делает устаревшим {} который предоставляется {}"),
    (ModularFilter, "пакет {} отфильтрован модульным фильтрованием"),
    (Excluded, "пакет {} отфильтровано при помощи фильтрации исключения"),
    // uk
    (NothingProvides, "немає пакунків із {}, потрібним для {}"),
    (
        ProvidersRuledOut,
        "пакунок {} потребує {}, але жоден з пакунків, які його надають, не може бути встановлено",
    ),
    (BothVersions, "неможливо встановити одразу {} і {}"),
    (Conflicts, "пакунок {} конфліктує з {}, що надається {}"),
    (Obsoletes, "пакунок {} робить застарілим {}, що надається {}"),
    (ModularFilter, "пакунок {} відфільтровано модульним фільтруванням"),
    (Excluded, "пакунок {} відфільтровано фільтруванням виключення"),
    // zh_CN
    (NothingProvides, "没有东西可提供 {}（{} 需要）"),
    (ProvidersRuledOut, "软件包 {} 需要 {}，但没有提供者可以被安装"),
    (BothVersions, "无法同时安装 {} 和 {}"),
    (Conflicts, "软件包 {} 与 {}（由 {} 提供）冲突"),
    (Obsoletes, "软件包 {} 取代了 {}（由 {} 提供）"),
    (ModularFilter, "软件包 {} 被模块过滤过滤掉"),
    (Excluded, "软件包 {} 被排除过滤过滤掉"),
    // zh_TW
    (NothingProvides, "沒有軟體包提供 {} ({} 需要)"),
    (ProvidersRuledOut, "{} 軟體包需要 {}，但無法安裝任何一個提供者"),
    (BothVersions, "無法安裝 {} 和 {} 兩個"),
    (Conflicts, "{} 軟體包與 {} (由 {} 提供) 衝突"),
    (Obsoletes, "{} 軟體包棄用了 {} (由 {} 提供)"),
    (ModularFilter, "{} 軟體包已經被模組化過濾器濾掉"),
    (Excluded, "{} 軟體包已被排除過濾器濾掉"),
];

/// `problem with installed package`, after which the package stands.
pub(super) const INSTALLED: &[&str] = &[
    "Problem mit installiertem Paket ",
    "problème avec le paquet installé ",
    "インストール済パッケージの問題 ",
    "설치된 꾸러미 문제 ",
    "problem z zainstalowanym pakietem ",
    "problema com o pacote instalado ",
    "проблема с установленным пакетом ",
    "проблема зі встановленим пакунком ",
    "安装的软件包的问题 ",
    "安裝的軟體包有問題 ",
];
