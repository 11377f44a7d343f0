/// What exactly was found: a brand of card, a country's number, a service's key.
public enum DataKind: String, CaseIterable, Sendable, Hashable {
  // Addresses
  case email
  case ipv4, ipv6
  case phoneInternational = "phone-international"
  case phoneNational = "phone-national"

  // Payment
  case visa, mastercard, amex, discover, diners, jcb, unionpay, maestro, mir
  case iban

  // Numbers of persons
  case usSSN = "us-ssn"
  case usITIN = "us-itin"
  case gbNINO = "gb-nino"
  case gbNHS = "gb-nhs"
  case deSteuerID = "de-steuer-id"
  case frNIR = "fr-nir"
  case esDNI = "es-dni"
  case esNIE = "es-nie"
  case itCodiceFiscale = "it-codice-fiscale"
  case nlBSN = "nl-bsn"
  case beNRN = "be-nrn"
  case plPESEL = "pl-pesel"
  case sePersonnummer = "se-personnummer"
  case fiHETU = "fi-hetu"
  case dkCPR = "dk-cpr"
  case noFodselsnummer = "no-fodselsnummer"
  case chAHV = "ch-ahv"
  case ptNIF = "pt-nif"
  case iePPS = "ie-pps"
  case czRodneCislo = "cz-rodne-cislo"
  case roCNP = "ro-cnp"
  case trKimlik = "tr-kimlik"
  case brCPF = "br-cpf"
  case mxCURP = "mx-curp"
  case caSIN = "ca-sin"
  case auTFN = "au-tfn"
  case inAadhaar = "in-aadhaar"
  case cnResidentID = "cn-resident-id"
  case krRRN = "kr-rrn"
  case zaID = "za-id"

  // Tokens
  case jws, jwe

  // Keys of services
  case awsAccessKeyID = "aws-access-key-id"
  case awsSecretAccessKey = "aws-secret-access-key"
  case googleAPIKey = "google-api-key"
  case googleOAuthToken = "google-oauth-token"
  case googleClientSecret = "google-client-secret"
  case azureClientSecret = "azure-client-secret"
  case azureAccountKey = "azure-account-key"
  case githubToken = "github-token"
  case githubFineGrainedToken = "github-fine-grained-token"
  case gitlabToken = "gitlab-token"
  case slackToken = "slack-token"
  case slackWebhook = "slack-webhook"
  case stripeKey = "stripe-key"
  case stripeTestKey = "stripe-test-key"
  case stripeWebhookSecret = "stripe-webhook-secret"
  case npmToken = "npm-token"
  case pypiToken = "pypi-token"
  case dockerToken = "docker-token"
  case digitaloceanToken = "digitalocean-token"
  case vaultToken = "vault-token"
  case sendgridKey = "sendgrid-key"
  case twilioKey = "twilio-key"
  case mailgunKey = "mailgun-key"
  case openaiKey = "openai-key"
  case anthropicKey = "anthropic-key"
  case huggingfaceToken = "huggingface-token"
  case shopifyToken = "shopify-token"
  case squareToken = "square-token"
  case databricksToken = "databricks-token"
  case atlassianToken = "atlassian-token"
  case grafanaToken = "grafana-token"
  case newRelicKey = "new-relic-key"
  case linearKey = "linear-key"
  case notionToken = "notion-token"
  case alibabaAccessKeyID = "alibaba-access-key-id"

  // Private keys
  case pemPrivateKey = "pem-private-key"
  case opensshPrivateKey = "openssh-private-key"
  case encryptedPrivateKey = "encrypted-private-key"
  case pgpPrivateKey = "pgp-private-key"
  case ageSecretKey = "age-secret-key"

  // Passwords
  case urlPassword = "url-password"
  case namedPassword = "named-password"
  case columnPassword = "column-password"
  case passwordHash = "password-hash"

  case highEntropy = "high-entropy"

  public var dataClass: DataClass {
    switch self {
    case .email: .email
    case .ipv4, .ipv6: .ipAddress
    case .phoneInternational, .phoneNational: .phone
    case .visa, .mastercard, .amex, .discover, .diners, .jcb, .unionpay, .maestro, .mir: .paymentCard
    case .iban: .iban
    case .usSSN, .usITIN, .gbNINO, .gbNHS, .deSteuerID, .frNIR, .esDNI, .esNIE, .itCodiceFiscale, .nlBSN, .beNRN,
      .plPESEL, .sePersonnummer, .fiHETU, .dkCPR, .noFodselsnummer, .chAHV, .ptNIF, .iePPS, .czRodneCislo, .roCNP,
      .trKimlik, .brCPF, .mxCURP, .caSIN, .auTFN, .inAadhaar, .cnResidentID, .krRRN, .zaID:
      .nationalID
    case .jws, .jwe: .jwt
    case .awsAccessKeyID, .awsSecretAccessKey, .googleAPIKey, .googleOAuthToken, .googleClientSecret,
      .azureClientSecret, .azureAccountKey, .githubToken, .githubFineGrainedToken, .gitlabToken, .slackToken,
      .slackWebhook, .stripeKey, .stripeTestKey, .stripeWebhookSecret, .npmToken, .pypiToken, .dockerToken,
      .digitaloceanToken, .vaultToken, .sendgridKey, .twilioKey, .mailgunKey, .openaiKey, .anthropicKey,
      .huggingfaceToken, .shopifyToken, .squareToken, .databricksToken, .atlassianToken, .grafanaToken, .newRelicKey,
      .linearKey, .notionToken, .alibabaAccessKeyID:
      .cloudKey
    case .pemPrivateKey, .opensshPrivateKey, .encryptedPrivateKey, .pgpPrivateKey, .ageSecretKey: .privateKey
    case .urlPassword, .namedPassword, .columnPassword, .passwordHash: .password
    case .highEntropy: .highEntropy
    }
  }
}
