/// Words of names in databases, forms and messages, by what they say; of English and of the countries' own languages.
/// Chosen by us; the numbers' own names are those of the offices that give them (see docs/formats/detectors.md).
enum NamePhrases {
  static let all: [(NameHints, String)] = shaped + nameOnly + nationals + against

  private static let shaped: [(NameHints, String)] = [
    (.email, "email,e mail,emails,mail,mail address,email address,e mail address,emailaddr,courriel,correo"),
    (
      .phone,
      """
      phone,phones,telephone,tel,mobile,cell,cellphone,cell phone,mobile phone,phone number,phone no,phone num,telephone \
      number,mobile number,mobile no,contact number,contact no,call back,callback number,call,fax,fax number,whatsapp,\
      msisdn,sms,handy,telefon,telefono,telefone,téléphone,téléfono,teléfono,telefonnummer,rufnummer,mobil,mobiltelefon,\
      portable,celular,gsm,landline,home phone,work phone,phone home,phone work
      """
    ),
    (
      .card,
      """
      card,card number,card no,card num,card pan,pan,credit card,credit card number,credit card no,debit card,debit card \
      number,cc,cc number,cc num,cc no,ccn,ccnum,payment card,payment card number,primary account number,creditcard,\
      kreditkarte,kartennummer,visa,mastercard,amex,numero carte,carte bancaire,tarjeta,carta credito
      """
    ),
    (.iban, "iban,iban number,iban code"),
    (
      .ip,
      """
      ip,ip address,ipaddr,ip addr,ipv4,ipv6,client ip,remote ip,remote addr,remote address,source ip,src ip,dst ip,peer,\
      last login ip,x forwarded for,forwarded for,host ip,ips
      """
    ),
    (
      .password,
      """
      password,passwd,pwd,pass,passphrase,passcode,password hash,hashed password,password digest,password encrypted,\
      encrypted password,user password,pin,pin code,passwort,kennwort,mot de passe,contraseña,contrasena,senha
      """
    ),
    (
      .secret,
      """
      secret,secrets,token,tokens,api key,api keys,api token,access token,refresh token,auth token,session token,bearer,\
      authorization,client secret,secret key,private key,signing key,encryption key,master key,access key,credential,\
      credentials,webhook secret,shared secret,session key,session secret,hmac key,app secret,consumer secret,license key,\
      security token,x api key,authtoken,apikey,totp secret,otp secret,mfa secret,recovery code,connection string
      """
    ),
    ([.secret, .aws], "aws secret,aws secret key,aws secret access key,secret access key,aws key,aws session token"),
    (
      [.secret, .azureAccount],
      "account key,storage key,azure key,shared access key,azure storage key,primary key secret"
    ),
  ]

  private static let nameOnly: [(NameHints, String)] = [
    (
      .name,
      """
      first name,last name,full name,given name,given names,family name,surname,sur name,forename,fore name,middle name,\
      maiden name,birth name,legal name,customer name,patient name,employee name,person name,cardholder,card holder,card \
      holder name,cardholder name,account holder,contact name,applicant name,guardian name,mother maiden name,mothers \
      maiden name,nickname,nachname,vorname,nom,prenom,prénom,apellido,apellidos,nombre,cognome,firstname,lastname
      """
    ),
    (.bareName, "name,names"),
    (
      .people,
      """
      user,users,customer,customers,patient,patients,employee,employees,person,persons,people,contact,contacts,client,\
      clients,member,members,student,students,guest,guests,subscriber,subscribers,passenger,passengers,applicant,\
      applicants,citizen,citizens,staff,doctor,doctors,resident,residents,buyer,buyers,donor,donors,voter,voters
      """
    ),
    (
      .address,
      """
      address,addresses,address line,street,street address,street name,house number,house no,home address,postal address,\
      mailing address,billing address,shipping address,delivery address,residence,postcode,post code,postal code,zip,zip \
      code,zipcode,plz,strasse,straße,anschrift,adresse,direccion,dirección,indirizzo,addr,address1,address2
      """
    ),
    (
      .dateOfBirth,
      """
      dob,date of birth,birth date,birthdate,birthday,birth day,born,born on,day of birth,year of birth,birth year,yob,\
      geburtsdatum,date naissance,date de naissance,fecha nacimiento,fecha de nacimiento,data nascita,birth dt,dateofbirth
      """
    ),
    (
      .health,
      """
      diagnosis,diagnoses,diagnostic,icd,icd10,icd9,icd code,disease,illness,symptom,symptoms,medication,medications,\
      prescription,prescriptions,allergy,allergies,blood type,blood group,blood pressure,medical record,medical record \
      number,mrn,medical history,health,health condition,condition code,treatment,therapy,disability,pregnancy,pregnant,\
      hiv,hiv status,vaccination,vaccine,immunization,lab result,lab results,bmi,mental health,patient notes,snomed
      """
    ),
    (
      .income,
      """
      salary,salaries,wage,wages,income,annual income,monthly income,pay,pay rate,payroll,compensation,bonus,remuneration,\
      gross pay,net pay,net worth,credit score,gehalt,lohn,salaire,salario,earnings,hourly rate,base pay,stock grant
      """
    ),
    (
      .bankAccount,
      """
      bank account,bank account number,account number,account no,acct no,acct number,acct num,routing number,routing no,\
      aba,sort code,bic,swift,swift code,kontonummer,konto,bsb,clabe,bank acct
      """
    ),
    (
      .document,
      """
      passport,passport number,passport no,passport num,driver license,drivers license,driving license,driving licence,\
      driver licence,license number driver,dl number,driver license number,drivers license number,visa number,id card,id \
      card number,identity card,residence permit,reisepass,personalausweis,fuhrerschein,führerschein
      """
    ),
    (
      .special,
      """
      race,ethnicity,ethnic,ethnic group,ethnic origin,religion,religious,faith,political party,political affiliation,\
      party affiliation,political view,sexual orientation,orientation,trade union,union membership,biometric,biometrics,\
      fingerprint template,face template,genetic,dna,genome,gender identity,criminal record,conviction,convictions
      """
    ),
    (
      .location,
      """
      latitude,longitude,lat,lng,lon,lat lng,geo,geolocation,geo location,gps,gps position,coordinates,geohash,last \
      location,current location,home location
      """
    ),
  ]

  private static let nationals: [(NameHints, String)] = [
    (
      .anyNational,
      """
      national id,national identifier,national identity,national identification,national id number,nationalid,nid,tax id,\
      tax number,tax no,tax identification number,tin,taxpayer id,taxpayer number,id number,identity number,\
      identification number,personal number,personal id,personal id number,personal code,citizen id,citizen number,\
      government id,gov id,id no,social insurance,social security no,resident id,fiscal code,fiscal number,idnr
      """
    ),
    (
      .usSSN,
      """
      ssn,ssns,social security,social security number,social security num,soc sec,soc sec no,social,ss number,ssnum,\
      ssn last four,itin,us ssn,taxpayer ssn
      """
    ),
    (.gbNINO, "nino,ni number,ni no,national insurance,national insurance number,national insurance no"),
    (.gbNHS, "nhs,nhs number,nhs no,nhs num"),
    (
      .deSteuerID,
      """
      steuer id,steuerid,steuer identifikationsnummer,steuerliche identifikationsnummer,identifikationsnummer,idnr,\
      steuer idnr,steueridnr,steueridentifikationsnummer,steuer nummer,steuernummer
      """
    ),
    (
      .frNIR,
      "nir,insee,numero securite sociale,numéro de sécurité sociale,sécurité sociale,securite sociale,nss,numero secu"
    ),
    (.esDNI, "dni,nie,nif,documento nacional,dni nie,nif nie,documento identidad"),
    (.itCodiceFiscale, "codice fiscale,cod fiscale,codfiscale,cf"),
    (.nlBSN, "bsn,burgerservicenummer,burger service nummer,sofi,sofinummer,sofi nummer"),
    (
      .beNRN,
      """
      rijksregisternummer,rijksregister,rrn,niss,insz,numero national,numéro national,registre national,nrn,\
      nationaal nummer,insz number
      """
    ),
    (.plPESEL, "pesel,pesel number,numer pesel"),
    (.sePersonnummer, "personnummer,pnr,person nummer,samordningsnummer,personnr"),
    (.fiHETU, "hetu,henkilotunnus,henkilötunnus"),
    (.dkCPR, "cpr,cpr nr,cpr number,cprnr,cpr nummer,personnummer dk,cpr no"),
    (.noFodselsnummer, "fodselsnummer,fødselsnummer,fnr,personnummer,fodselsnr,fødselsnr,d nummer"),
    (
      .chAHV, "ahv,ahv nummer,ahvnr,ahv nr,ahv number,avs,numero avs,numéro avs,avs number,ahv n13,navs,navs13"
    ),
    (.ptNIF, "nif,contribuinte,numero contribuinte,número de contribuinte,nif number"),
    (.iePPS, "pps,ppsn,pps number,pps no,personal public service number"),
    (.czRodneCislo, "rodne cislo,rodné číslo,rodne číslo,rc,birth number,rodnecislo"),
    (.roCNP, "cnp,cod numeric personal"),
    (.trKimlik, "tc kimlik,tc kimlik no,tckn,kimlik,kimlik no,tc no"),
    (.brCPF, "cpf,cpf number,cadastro pessoa fisica,numero cpf,cpf cnpj"),
    (.mxCURP, "curp"),
    (.caSIN, "sin,social insurance number,sin number,nas"),
    (.auTFN, "tfn,tax file number,tax file no"),
    (.inAadhaar, "aadhaar,aadhar,aadhaar number,aadhaar no,aadhar number,aadhar no,uidai,aadhaar num"),
    (.cnResidentID, "shenfenzheng,身份证,身份证号,身份证号码,resident identity card,id card cn,chinese id"),
    (.krRRN, "rrn,resident registration number,주민등록번호,jumin"),
    (.zaID, "sa id,sa id number,south african id,rsa id,rsa id number"),
  ]

  private static let against: [(NameHints, String)] = [
    (
      .business,
      """
      order,order number,order no,order id,order num,order ref,orderid,orderno,invoice,invoice number,invoice no,invoice id,\
      tracking,tracking number,tracking no,tracking id,tracking code,parcel,shipment,shipment id,waybill,consignment,\
      timestamp,time stamp,ts,time,epoch,unix time,nanos,millis,micros,started at,created at,updated at,expires at,\
      ean,upc,gtin,isbn,sku,serial,serial number,serial no,imei,part number,batch,lot,ticket,case number,po number,\
      purchase order,quote,sequence,seq,offset,lsn,xid,txid,snowflake,size,bytes,count,total,amount,price,duration
      """
    ),
    (.version, "version,versions,ver,release,build,firmware,firmware version,revision,oid,file version,v"),
    (
      .identifier,
      """
      id,ids,uuid,guid,uid,request id,trace id,traceid,span id,correlation id,session id,etag,e tag,sha,sha1,sha256,sha512,\
      md5,crc,hash,digest,checksum,integrity,fingerprint,commit,commit sha,cursor,next cursor,page token,next token,next \
      page token,continuation token,nonce,version id,object id,image,thumbnail,public key,pubkey,key id,kid,signature key,\
      fcm id,trace,request,amz id,amz id 2,amz request id,etags,revision id,src,href,url,uri,path,slug,trace parent,\
      traceparent,build id,buildid,ulid,nanoid,ksuid,jti,x amz version id,git sha,ref,model,next,csp,ciphertext
      """
    ),
  ]
}
