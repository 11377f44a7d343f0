"""Compares how each test of a driver's suite ended, direct and through the gateway.

    drivers.py FOLDER KNOWN SUITE ...

KNOWN has a line for each test that is known to end otherwise: suite, test, and why.
"""

import pathlib
import sys
import xml.etree.ElementTree as tree


def outcomes(path):
    found = {}
    for case in tree.parse(path).iter("testcase"):
        kinds = {child.tag for child in case}
        outcome = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        why = next((child.get("message") or "" for child in case if child.tag in ("failure", "error")), "")
        found[f"{case.get('classname')}.{case.get('name')}"] = (outcome, why)
    return found


def main(folder, known_file, *suites):
    known = {}
    for line in pathlib.Path(known_file).read_text().splitlines():
        if line and not line.startswith("#"):
            suite, test, why = line.split(None, 2)
            known[(suite, test)] = why
    passed = failed = 0
    for suite in suites:
        direct, through = (outcomes(pathlib.Path(folder) / f"{suite}-{way}.xml") for way in ("direct", "through"))
        counts = {}
        for test in sorted(direct.keys() | through.keys()):
            before, after = direct.get(test, ("missing", "")), through.get(test, ("missing", ""))
            if before[0] == after[0]:
                counts[before[0]] = counts.get(before[0], 0) + 1
                passed += 1
            elif (suite, test) in known:
                counts["known to differ"] = counts.get("known to differ", 0) + 1
                passed += 1
            else:
                failed += 1
                print(f"drivers: {suite} {test}: {before[0]} direct, {after[0]} through: {(after[1] or before[1])[:400]}")
        print(f"drivers: {suite}: the same: {counts}")
        # A suite that cannot run ends the same way everywhere.
        if not counts.get("passed"):
            failed += 1
            print(f"drivers: {suite}: none of its tests passed: {[why for _, why in direct.values() if why][:3]}")
    print(f"drivers: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main(*sys.argv[1:]))
