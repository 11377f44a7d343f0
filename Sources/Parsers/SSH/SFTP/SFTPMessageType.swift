/// Message types of version 3 (draft-ietf-secsh-filexfer-02 §3).
enum SFTPMessageType {
  static let initialize: UInt8 = 1
  static let version: UInt8 = 2
  static let open: UInt8 = 3
  static let close: UInt8 = 4
  static let read: UInt8 = 5
  static let write: UInt8 = 6
  static let lstat: UInt8 = 7
  static let fstat: UInt8 = 8
  static let setstat: UInt8 = 9
  static let fsetstat: UInt8 = 10
  static let opendir: UInt8 = 11
  static let readdir: UInt8 = 12
  static let remove: UInt8 = 13
  static let mkdir: UInt8 = 14
  static let rmdir: UInt8 = 15
  static let realpath: UInt8 = 16
  static let stat: UInt8 = 17
  static let rename: UInt8 = 18
  static let readlink: UInt8 = 19
  static let symlink: UInt8 = 20
  static let status: UInt8 = 101
  static let handle: UInt8 = 102
  static let data: UInt8 = 103
  static let name: UInt8 = 104
  static let attributes: UInt8 = 105
  static let extended: UInt8 = 200
  static let extendedReply: UInt8 = 201
}

/// Status codes (draft-ietf-secsh-filexfer-02 §7).
enum SFTPStatus {
  static let ok: UInt32 = 0
  static let endOfFile: UInt32 = 1

  static func name(_ code: UInt32) -> String {
    switch code {
    case 0: "SSH_FX_OK"
    case 1: "SSH_FX_EOF"
    case 2: "SSH_FX_NO_SUCH_FILE"
    case 3: "SSH_FX_PERMISSION_DENIED"
    case 4: "SSH_FX_FAILURE"
    case 5: "SSH_FX_BAD_MESSAGE"
    case 6: "SSH_FX_NO_CONNECTION"
    case 7: "SSH_FX_CONNECTION_LOST"
    case 8: "SSH_FX_OP_UNSUPPORTED"
    default: "SSH_FX_\(code)"
    }
  }
}

/// Flags of SSH_FXP_OPEN (draft-ietf-secsh-filexfer-02 §6.3).
enum SFTPOpenFlag {
  static let read: UInt32 = 0x01
  static let write: UInt32 = 0x02
  static let append: UInt32 = 0x04
  static let create: UInt32 = 0x08
  static let truncate: UInt32 = 0x10
  static let exclusive: UInt32 = 0x20
}
