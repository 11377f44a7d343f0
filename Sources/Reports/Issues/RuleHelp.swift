/// What the rules that are not of a policy's file mean, and what to do about them.
enum RuleHelp {
  /// By the rule's name: a heading, and a few sentences.
  static let known: [String: (title: String, help: String)] = [
    "default": (
      "A change that no rule of the policy accepts",
      """
      No rule matched, so the policy's default decided. See what ran with exhibit show and who is behind it with \
      exhibit why; then have such changes approved before they run (exhibit plan, exhibit approve), or write a rule for \
      them.
      """
    ),
    "approval-self": (
      "Approved by who asked for it or did it",
      "Whoever asks for a change or makes it cannot approve it. Another person must sign the request before it runs."
    ),
    "approval-late": (
      "Approved after the fact",
      """
      The signature came after the change. It shows that somebody stands by it and not that anybody looked first. \
      Have it signed before it runs, with a time stamp that proves when.
      """
    ),
    "approval-mismatch": (
      "What ran is not what was approved",
      """
      A signed request speaks of this change and differs from what ran. Compare both: the difference is the part that \
      nobody approved.
      """
    ),
    "approval-expired": (
      "The approval was out of its time",
      "The request or the key was no longer in force when the change ran. Ask again with a time that covers the change."
    ),
    "approval-early": (
      "The approval was not yet in force",
      "The change ran before the time from which its request may be used."
    ),
    "approval-revoked": (
      "The approval was taken back",
      "The approval, or the key that signed it, had been revoked. The change should not have run."
    ),
    "approval-untrusted": (
      "The signature is of nobody who may approve",
      "The key is not among the allowed signers, or the signature does not hold over the file. Find out whose it is."
    ),
    "approval-rejected": (
      "It was rejected, and done",
      "Somebody who may approve signed that this must not be done. Find out why it ran nevertheless."
    ),
    "approval-spent": (
      "The approval was used more often than it allows",
      "All uses of the request were spent by earlier changes. Each further change needs an approval of its own."
    ),
    "approval-incomplete": (
      "Too few people approved it",
      "The approvals hold, and the policy asks for more of them. Have the missing people sign before it runs."
    ),
    "approval-undated": (
      "Nothing proves that the approval came first",
      "Have approvals time-stamped, or keep them where their time is known, so that they count."
    ),
    "approval-unproven": (
      "Nothing proves that the approval came first",
      "The approval was taken on trust. A time stamp beside it would prove its time."
    ),
    "approval-excluded": (
      "The policy does not take this approval",
      "The approval holds, and the policy does not take one of its kind for this change."
    ),
    "approval-break-glass": (
      "Approved in an emergency",
      "Somebody used the way for emergencies. Another person must review what was done and sign that."
    ),
    "approval-class": (
      "Approved by its shape, not word for word",
      "The request approves a kind of statement. What ran has that shape and was not read by the approver itself."
    ),
    SARIFRules.closing: (
      "More results than one file can hold",
      "Consumers keep the first few thousand results, so the worst are written and the others counted here."
    ),
  ]
}
