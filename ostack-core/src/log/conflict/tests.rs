use proptest::prelude::*;

use super::{Conflict, ConflictKind, Party, Requirement};
use crate::log::{Reader, Source};

/// Tool, kind and statement of each conflict in a text.
fn read(text: &str) -> Vec<String> {
    let shown = |c: &Conflict| format!("{} {}: {c}", c.tool.as_str(), c.kind.as_str());
    Conflict::read(text.as_bytes()).iter().map(shown).collect()
}

#[test]
fn dnf_of_el_9_names_repositories() {
    let text = "Error: \n Problem: package openstack-glance-1:26.0.0-1.el9s.noarch from \
                centos-openstack-antelope requires python3-glance = 1:26.0.0-1.el9s, but none of the \
                providers can be installed\n  - conflicting requests\n  - nothing provides \
                python3-pyxattr needed by python3-glance-1:26.0.0-1.el9s.noarch from \
                centos-openstack-antelope\n";
    assert_eq!(
        read(text),
        [
            "dnf nothing_provides: python3-glance-1:26.0.0-1.el9s.noarch (from \
             centos-openstack-antelope) requires python3-pyxattr, and no enabled repository provides it",
            "dnf providers_ruled_out: openstack-glance-1:26.0.0-1.el9s.noarch (from \
             centos-openstack-antelope) requires python3-glance = 1:26.0.0-1.el9s, and no provider \
             can be installed",
        ]
    );
}

#[test]
fn dnf_5_is_read() {
    let text = "Failed to resolve the transaction:\nProblem 1: cannot install both \
                python3-nova-1:29.0.1-1.el9s.noarch from centos-openstack-caracal and \
                python3-nova-1:28.1.0-1.el9s.noarch from @System\n  - package \
                openstack-nova-api-1:29.0.1-1.el9s.noarch from centos-openstack-caracal requires \
                python3-nova = 1:29.0.1-1.el9s, but none of the providers can be installed\n\
                Problem 2: nothing provides requested crudini >= 0.9\nYou can try to add to command \
                line:\n  --skip-broken to skip uninstallable packages\n";
    let found = Conflict::read(text.as_bytes());
    assert_eq!(found.iter().map(|c| c.problem).collect::<Vec<_>>(), [1, 0, 0]);
    assert_eq!(
        read(text),
        [
            "dnf nothing_provides: crudini >= 0.9 is asked for, and no enabled repository provides it",
            "dnf both_versions: python3-nova-1:29.0.1-1.el9s.noarch (from centos-openstack-caracal) \
             and python3-nova-1:28.1.0-1.el9s.noarch (installed) are both wanted",
            "dnf providers_ruled_out: openstack-nova-api-1:29.0.1-1.el9s.noarch (from \
             centos-openstack-caracal) requires python3-nova = 1:29.0.1-1.el9s, and no provider can \
             be installed",
        ]
    );
}

#[test]
fn what_hides_a_provider_is_told_with_what_asks() {
    let text = " Problem: package a-1-1.noarch requires b >= 2:1.0, but none of the providers can be \
                installed\n  - package b-2:1.5-1.noarch from nfv is filtered out by exclude \
                filtering\n  - package b-2:0.5-1.noarch from nfv is filtered out by modular filtering\n";
    let found = Conflict::read(text.as_bytes());
    let kinds: Vec<_> = found.iter().map(|c| c.kind).collect();
    assert_eq!(kinds, [ConflictKind::Excluded, ConflictKind::ModularFilter]);
    let fits: Vec<_> = found.iter().map(|c| c.other.as_ref().unwrap().fits).collect();
    assert_eq!(fits, [Some(true), Some(false)]);
    assert_eq!(found[0].package.as_ref().unwrap().name, "a");
}

#[test]
fn dnf_in_other_languages() {
    let chinese = "错误：\n 问题: 软件包 openstack-glance-1:21.0.0-1.el8.noarch 需要 python3-glance = \
                   1:21.0.0-1.el8，但没有提供者可以被安装\n  - 冲突的请求\n  - 没有东西可提供 \
                   python3-pyxattr >= 0.5（python3-glance-1:21.0.0-1.el8.noarch 需要）\n";
    let english = "Error:\n Problem: package openstack-glance-1:21.0.0-1.el8.noarch requires \
                   python3-glance = 1:21.0.0-1.el8, but none of the providers can be installed\n  - \
                   nothing provides python3-pyxattr >= 0.5 needed by \
                   python3-glance-1:21.0.0-1.el8.noarch\n";
    assert_eq!(read(chinese), read(english));
    let russian = "  - не содержится ничего из python3-pyxattr необходимого для \
                   python3-glance-1:21.0.0-1.el8.noarch\n";
    let japanese =
        "  - python3-pyxattr が提供されません python3-glance-1:21.0.0-1.el8.noarch に必要です\n";
    assert_eq!(read(russian), read(japanese));
    assert_eq!(read(russian).len(), 1);
}

#[test]
fn yum_shows_what_there_is() {
    let text = "Error: Package: 1:openstack-cinder-14.2.1-1.el7.noarch (centos-openstack-stein)\n\
                \x20          Requires: python-cinder = 1:14.2.1-1.el7\n\
                \x20          Installed: 1:python-cinder-13.0.9-1.el7.noarch (@centos-openstack-rocky)\n\
                \x20              python-cinder = 1:13.0.9-1.el7\n\
                \x20          Available: 1:python-cinder-14.2.1-1.el7.noarch (centos-openstack-stein)\n\
                \x20              python-cinder = 1:14.2.1-1.el7\n\
                Error: Package: python2-x-1-1.el7.noarch (base)\n\
                \x20          Requires: libvirt-python\n\
                \x20You could try using --skip-broken to work around the problem\n";
    assert_eq!(
        read(text),
        [
            "yum nothing_provides: 1:openstack-cinder-14.2.1-1.el7.noarch (from \
             centos-openstack-stein) requires python-cinder = 1:14.2.1-1.el7, and no enabled \
             repository provides it; there is 1:python-cinder-13.0.9-1.el7.noarch (installed, from \
             centos-openstack-rocky), 1:python-cinder-14.2.1-1.el7.noarch (from \
             centos-openstack-stein), which would do",
            "yum nothing_provides: python2-x-1-1.el7.noarch (from base) requires libvirt-python, and \
             no enabled repository provides it",
        ]
    );
    let found = Conflict::read(text.as_bytes());
    assert_eq!(found[0].package.as_ref().unwrap().version.as_deref(), Some("1:14.2.1-1.el7"));
}

#[test]
fn yum_says_more() {
    let table = [
        (
            "Error: mariadb-galera-server conflicts with 1:mariadb-server-5.5.39-1.fc20.x86_64\n",
            "yum conflicts: mariadb-galera-server conflicts with \
             1:mariadb-server-5.5.39-1.fc20.x86_64",
        ),
        (
            "       Protected multilib versions: libgcc-4.8.5-4.el7.i686 != libgcc-4.8.5-44.el7.x86_64\n",
            "yum multilib: libgcc-4.8.5-4.el7.i686 and libgcc-4.8.5-44.el7.x86_64 differ in version",
        ),
        (
            "No package openstack-packstack available.\nError: Nothing to do\n",
            "yum not_found: no enabled repository has openstack-packstack",
        ),
        (
            "Package python36-mod_wsgi is obsoleted by python3-mod_wsgi, but obsoleting package does \
             not provide for requirements\n",
            "yum obsoletes: python3-mod_wsgi obsoletes python36-mod_wsgi",
        ),
    ];
    for (text, said) in table {
        assert_eq!(read(text), [said]);
    }
}

#[test]
fn pip_of_earlier_versions() {
    assert_eq!(
        read(
            "ERROR: oslo-utils 4.1.0 has requirement pytz>=2013.6, but you'll have pytz 2010.1 which \
             is incompatible.\n"
        ),
        ["pip wrong_version: oslo-utils 4.1.0 (installed) requires pytz>=2013.6, and pytz 2010.1 \
          (installed) is there"]
    );
}

#[test]
fn a_statement_is_found_where_it_is_quoted() {
    let said = "dnf nothing_provides: rabbitmq-server-3.8.3-1.el8.noarch requires erlang >= 21.3, \
                and no enabled repository provides it";
    let provider = "Error: Execution of '/usr/bin/dnf -d 0 -e 1 -y install rabbitmq-server' returned \
                    1: Error: \n Problem: conflicting requests\n  - nothing provides erlang >= 21.3 \
                    needed by rabbitmq-server-3.8.3-1.el8.noarch\n";
    let console = format!(
        "ERROR : Error appeared during Puppet run: 192.0.2.2_controller.pp\n{provider}You will find \
         full trace in log /var/tmp/packstack/x/manifests/192.0.2.2_controller.pp.log\n"
    );
    for log in [provider, &console] {
        assert_eq!(read(log), [said]);
        // It is one record, so that a rule sees all of it.
        let source = Source::bytes("log", log.as_bytes());
        let block = Reader::new(&source).unwrap().next_block().unwrap().unwrap();
        let entry = block.entry(block.index_at(log.find("Execution").unwrap()));
        let field = |name| entry.record.field(name, entry.text).map(String::from_utf8_lossy);
        assert_eq!(field("problem").as_deref(), Some("nothing_provides"));
        assert_eq!(field("requires").as_deref(), Some("erlang >= 21.3"));
        assert_eq!(field("package").as_deref(), Some("rabbitmq-server-3.8.3-1.el8.noarch"));
        assert_eq!(field("other"), None);
    }
}

#[test]
fn what_is_left_out_before_going_on_is_no_failure() {
    let problem = "Dependencies resolved.\n\n Problem: conflicting requests\n  - nothing provides x \
                   needed by y-1-1.noarch\n";
    assert!(Conflict::passed_over(problem.as_bytes()));
    assert!(!Conflict::passed_over(&problem.as_bytes()[22..]));
}

#[test]
fn other_words_are_no_conflict() {
    for text in [
        "Problem: this needed by that",
        "error: option --a conflicts with --b",
        "  nova depends on glance being up",
        "subnet 192.0.2.0/24 conflicts with 192.0.2.0/25",
        "Requires: python-nova = 1",
        "Package python3-nova-1:22.2.1-1.el8.noarch is already installed.",
        "pulled in by a package obsoletes nothing",
    ] {
        assert_eq!(read(text), Vec::<String>::new(), "{text}");
    }
}

proptest! {
    /// Whatever the text is: it is read without a panic, and places lie in it.
    #[test]
    fn any_text_is_survived(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "Problem: ", "nothing provides ", " needed by ", "package ", " requires ", "\n",
                ", but none of the providers can be installed", "Error: Package: a-1-1.noarch (b)",
                "   Requires: ", "x >= 1", "(", ")", " from ", "é", " depends on ", "1:a-2-3.noarch",
                "cannot install both ", " and ", ", installed: ", "Could not install module 'a' (", "'",
                "\u{0}", " conflicts with ", " provided by ", "(from versions: ", "   Available: ",
            ]),
            0..20,
        )
    ) {
        let text = words.concat();
        for conflict in Conflict::read(text.as_bytes()) {
            prop_assert!(conflict.place.end as usize <= text.len());
            let _ = (conflict.to_string(), conflict.requires.as_ref().map(Requirement::constraint));
            let _ = conflict.parties().filter_map(Party::version).count();
        }
    }
}

#[test]
fn a_transaction_names_repositories() {
    let log = "\
Dependencies resolved.
================================================================================
 Package                Arch   Version          Repository                 Size
================================================================================
Installing:
 mariadb-common         noarch 3:10.3.28-1.el8  centos-openstack-victoria 6.0 k
Installing dependencies:
 mysql-community-common noarch 8.0.21-1.el8     mysql80-community         6.0 k

Transaction Summary
";
    let source = Source::bytes("log", log);
    let block = Reader::new(&source).unwrap().next_block().unwrap().unwrap();
    let found: Vec<_> =
        block.entries().flat_map(|entry| Conflict::repositories(entry.text)).collect();
    let named = [
        ("mariadb-common-3:10.3.28-1.el8.noarch", "centos-openstack-victoria"),
        ("mysql-community-common-8.0.21-1.el8.noarch", "mysql80-community"),
    ];
    assert_eq!(found, named.map(|(package, repo)| (package.to_owned(), repo.to_owned())));
}
