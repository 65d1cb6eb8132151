//! What candidates are written where the organization has no template of its own: in English and in German.

use super::{Language, MessagePurpose};

/// Subject and body, with placeholders.
pub(super) type Words = (&'static str, &'static str);

/// The words for a purpose in a language; none in a language in which there are none.
pub(super) const fn words(purpose: MessagePurpose, language: Language) -> Option<Words> {
    match language {
        Language::En => Some(english(purpose)),
        Language::De => Some(german(purpose)),
        Language::Es | Language::Fr | Language::It | Language::Nl | Language::Pt => None,
    }
}

/// The words for a purpose in English.
pub(super) const fn english(purpose: MessagePurpose) -> Words {
    match purpose {
        MessagePurpose::Received => (
            "Your application as {{job.title}}",
            "Dear {{candidate.first_name}},\n\nthank you for applying as {{job.title}}. We have received your \
             application, and a person will read it. You will hear from us.\n\nKind regards\n{{sender.name}}\n\
             {{organization.name}}",
        ),
        MessagePurpose::MovedOn => (
            "Your application as {{job.title}}: next step",
            "Dear {{candidate.first_name}},\n\nwe would like to go on with your application as {{job.title}}. We \
             will write to you about the next step soon.\n\nKind regards\n{{sender.name}}\n{{organization.name}}",
        ),
        MessagePurpose::Rejected => (
            "Your application as {{job.title}}",
            "Dear {{candidate.first_name}},\n\nthank you for your interest in {{organization.name}} and for the time \
             that you took. We have decided not to go on with your application as {{job.title}}.\n\nWe wish you all \
             the best.\n\nKind regards\n{{sender.name}}\n{{organization.name}}",
        ),
        MessagePurpose::Availability => (
            "When could you come to an interview?",
            "Dear {{candidate.first_name}},\n\nwe would like to talk with you about your application as \
             {{job.title}}. When could you make it in the next two weeks? Please name a few times, and your time \
             zone.\n\nKind regards\n{{sender.name}}\n{{organization.name}}",
        ),
        MessagePurpose::InterviewDetails => (
            "Your interview with {{organization.name}}",
            "Dear {{candidate.first_name}},\n\nhere is what you need for your interview about your application as \
             {{job.title}}:\n\nWhen: {{interview.time}}\nHow long: {{interview.minutes}} minutes\n\nIf that does not \
             suit you any more, just answer this mail.\n\nKind regards\n{{sender.name}}\n{{organization.name}}",
        ),
        MessagePurpose::Update => (
            "Your application as {{job.title}}",
            "Dear {{candidate.first_name}},\n\nyour application as {{job.title}} is still with us, and we have not \
             forgotten it. We will write to you as soon as there is news.\n\nKind regards\n{{sender.name}}\n\
             {{organization.name}}",
        ),
    }
}

const fn german(purpose: MessagePurpose) -> Words {
    match purpose {
        MessagePurpose::Received => (
            "Ihre Bewerbung: {{job.title}}",
            "Guten Tag {{candidate.name}},\n\nvielen Dank für Ihre Bewerbung ({{job.title}}). Sie ist bei uns \
             angekommen und wird von einem Menschen gelesen. Wir melden uns bei Ihnen.\n\nFreundliche Grüße\n\
             {{sender.name}}\n{{organization.name}}",
        ),
        MessagePurpose::MovedOn => (
            "Ihre Bewerbung: {{job.title}}, nächster Schritt",
            "Guten Tag {{candidate.name}},\n\nwir möchten das Verfahren mit Ihnen fortsetzen ({{job.title}}). Zum \
             nächsten Schritt schreiben wir Ihnen bald.\n\nFreundliche Grüße\n{{sender.name}}\n{{organization.name}}",
        ),
        MessagePurpose::Rejected => (
            "Ihre Bewerbung: {{job.title}}",
            "Guten Tag {{candidate.name}},\n\nvielen Dank für Ihr Interesse an {{organization.name}} und für die Zeit, \
             die Sie sich genommen haben. Wir haben uns entschieden, das Verfahren mit Ihnen nicht fortzusetzen \
             ({{job.title}}).\n\nWir wünschen Ihnen alles Gute.\n\nFreundliche Grüße\n{{sender.name}}\n\
             {{organization.name}}",
        ),
        MessagePurpose::Availability => (
            "Wann passt Ihnen ein Gespräch?",
            "Guten Tag {{candidate.name}},\n\nwir möchten mit Ihnen über Ihre Bewerbung sprechen ({{job.title}}). Wann \
             passt es Ihnen in den nächsten zwei Wochen? Bitte nennen Sie uns einige Zeiten und Ihre Zeitzone.\n\n\
             Freundliche Grüße\n{{sender.name}}\n{{organization.name}}",
        ),
        MessagePurpose::InterviewDetails => (
            "Ihr Gespräch mit {{organization.name}}",
            "Guten Tag {{candidate.name}},\n\nhier ist, was Sie für Ihr Gespräch brauchen ({{job.title}}):\n\nWann: \
             {{interview.time}}\nWie lange: {{interview.minutes}} Minuten\n\nWenn es Ihnen nicht mehr passt, antworten \
             Sie einfach auf diese Mail.\n\nFreundliche Grüße\n{{sender.name}}\n{{organization.name}}",
        ),
        MessagePurpose::Update => (
            "Ihre Bewerbung: {{job.title}}",
            "Guten Tag {{candidate.name}},\n\nIhre Bewerbung ({{job.title}}) ist weiter bei uns, und wir haben sie nicht \
             vergessen. Sobald es etwas Neues gibt, schreiben wir Ihnen.\n\nFreundliche Grüße\n{{sender.name}}\n\
             {{organization.name}}",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::merge::parse;

    #[test]
    fn the_words_for_every_purpose_hold_only_placeholders_that_there_are() {
        for purpose in MessagePurpose::ALL.iter().copied() {
            for language in [Language::En, Language::De] {
                let (subject, body) = words(purpose, language).unwrap();
                assert!(parse(subject, purpose).is_ok(), "{subject}");
                assert!(parse(body, purpose).is_ok(), "{body}");
                assert!(!subject.contains('\n') && subject.len() <= 200);
            }
        }
    }
}
