//! A call driven by hand, and commands from outside.

use carrier_sim::{Ended, Input, Phone, PhoneEvent, RestServer, Script};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::world::{World, listen, sound, xml};

fn server() -> World {
    World::start(|asked| match asked.path.as_str() {
        "/voice/incoming/demo" => listen("<Play>/hello.wav?k=greeting</Play>"),
        "/next" => listen("<Say>You said it.</Say>"),
        "/elsewhere" => xml("<Say>Moved.</Say>"),
        "/hello.wav" => sound(0, 1000, 0),
        _ => xml(""),
    })
}

async fn until(phone: &mut Phone, wanted: impl Fn(&PhoneEvent) -> bool) -> Vec<PhoneEvent> {
    let mut seen = Vec::new();
    while let Some(event) = phone.events.recv().await {
        let found = wanted(&event);
        seen.push(event);
        if found {
            return seen;
        }
    }
    panic!("the call ended first: {seen:?}");
}

fn speech(text: &str) -> Input {
    Input::Speech {
        text: text.into(),
        spoken_ms: Some(0),
    }
}

#[actix_web::test]
async fn events_come_in_order_and_words_are_taken() {
    let world = server();
    let mut phone = world
        .network(20.0)
        .dial("+61400000001", "+61255501234", "demo");
    let listening = |e: &PhoneEvent| matches!(e, PhoneEvent::Listening { .. });
    let seen = until(&mut phone, listening).await;
    assert!(matches!(seen[0], PhoneEvent::Ringing { .. }));
    assert!(matches!(seen[1], PhoneEvent::Document { .. }));
    assert!(matches!(seen[2], PhoneEvent::Answered { .. }));
    assert!(matches!(&seen[3], PhoneEvent::Playing { ms, .. } if (*ms - 1000.0).abs() < 1.0));
    phone
        .inputs
        .send(speech("hello there"))
        .await
        .expect("the call is on");
    let said = until(&mut phone, listening).await;
    assert!(
        said.iter()
            .any(|e| matches!(e, PhoneEvent::Said { text, .. } if text == "hello there"))
    );
    assert!(
        said.iter()
            .any(|e| matches!(e, PhoneEvent::Turn { number: 0, .. }))
    );
    assert_eq!(world.asked("/next")[0].param("SpeechResult"), "hello there");
    let json = serde_json::to_value(&said[0]).expect("events are JSON");
    assert!(json["event"].is_string(), "{json}");
    phone
        .inputs
        .send(Input::HangUp)
        .await
        .expect("the call is on");
    let report = phone.report().await.expect("the call ended well");
    assert_eq!((report.ended, report.turns.len()), (Ended::Caller, 2));
}

#[actix_web::test]
async fn onset_stops_a_prompt_and_the_words_may_follow_later() {
    let world = server();
    let mut phone = world
        .network(1.0)
        .dial("+61400000001", "+61255501234", "demo");
    until(&mut phone, |e| matches!(e, PhoneEvent::Playing { .. })).await;
    phone
        .inputs
        .send(Input::Onset)
        .await
        .expect("the call is on");
    let seen = until(&mut phone, |e| matches!(e, PhoneEvent::Stopped { .. })).await;
    assert!(matches!(seen.last(), Some(PhoneEvent::Stopped { at_ms }) if *at_ms < 900.0));
    phone
        .inputs
        .send(speech("wait"))
        .await
        .expect("the call is on");
    until(&mut phone, |e| matches!(e, PhoneEvent::Said { .. })).await;
    let report = phone.report().await.expect("dropping the inputs hangs up");
    assert_eq!(report.turns[1].said, "wait");
}

#[actix_web::test]
async fn keys_and_silence_by_hand() {
    let world = server();
    let mut phone = world
        .network(50.0)
        .dial("+61400000001", "+61255501234", "demo");
    until(&mut phone, |e| matches!(e, PhoneEvent::Listening { .. })).await;
    let keys = Input::Digits {
        digits: "42#".into(),
    };
    phone.inputs.send(keys).await.expect("the call is on");
    until(&mut phone, |e| matches!(e, PhoneEvent::Listening { .. })).await;
    phone
        .inputs
        .send(Input::Silence)
        .await
        .expect("the call is on");
    until(
        &mut phone,
        |e| matches!(e, PhoneEvent::Said { text, .. } if text.is_empty()),
    )
    .await;
    let report = phone.report().await.expect("the call ended well");
    assert_eq!(report.turns[1].said, "42");
    assert_eq!(world.asked("/next")[0].param("Digits"), "42");
}

#[actix_web::test]
async fn running_calls_obey_the_network() {
    let world = server();
    let network = world.network(10.0);
    let mut phone = network.dial("+61400000001", "+61255501234", "demo");
    until(&mut phone, |e| matches!(e, PhoneEvent::Listening { .. })).await;
    assert!(network.redirect(&phone.call_sid, "/elsewhere"));
    until(
        &mut phone,
        |e| matches!(e, PhoneEvent::Saying { text, .. } if text == "Moved."),
    )
    .await;
    let sid = phone.call_sid.clone();
    assert!(network.execute(&sid, "<Response><Pause length=\"60\"/></Response>"));
    until(&mut phone, |e| matches!(e, PhoneEvent::Stopped { .. })).await;
    assert!(network.hang_up(&sid));
    until(&mut phone, |e| {
        matches!(
            e,
            PhoneEvent::Ended {
                how: Ended::Command
            }
        )
    })
    .await;
    phone.report().await.expect("the call ended well");
    assert!(!network.hang_up(&sid));
}

async fn post(rest: &RestServer, path: &str, authorization: &str, body: &str) -> String {
    let address = rest.base_url().replace("http://", "");
    let mut stream = tokio::net::TcpStream::connect(address)
        .await
        .expect("listening");
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("answered");
    answer
}

#[actix_web::test]
async fn the_rest_interface_ends_a_call() {
    use base64::Engine as _;
    let world = server();
    let network = world.network(10.0);
    let rest = RestServer::start(network.clone(), ([127, 0, 0, 1], 0).into())
        .await
        .expect("a port");
    let mut phone = network.dial("+61400000001", "+61255501234", "demo");
    until(&mut phone, |e| matches!(e, PhoneEvent::Listening { .. })).await;
    let config = network.config();
    let path = format!(
        "/2010-04-01/Accounts/{}/Calls/{}.json",
        config.account_sid, phone.call_sid
    );
    let credentials = format!("{}:{}", config.account_sid, config.auth_token);
    let basic = format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(credentials)
    );
    assert!(
        post(&rest, &path, "Basic x", "Status=completed")
            .await
            .contains(" 401 ")
    );
    assert!(
        post(&rest, &path, &basic, "Status=busy")
            .await
            .contains(" 400 ")
    );
    assert!(
        post(&rest, "/x", &basic, "Status=completed")
            .await
            .contains(" 404 ")
    );
    assert!(
        post(&rest, &path, &basic, "Status=completed")
            .await
            .contains(" 200 ")
    );
    until(&mut phone, |e| {
        matches!(
            e,
            PhoneEvent::Ended {
                how: Ended::Command
            }
        )
    })
    .await;
    assert!(
        post(&rest, &path, &basic, "Status=completed")
            .await
            .contains(" 404 ")
    );
}

#[actix_web::test]
async fn a_public_address_is_signed_and_the_server_behind_it_is_called() {
    let world = World::start(|asked| match asked.path.as_str() {
        "/voice/incoming/demo" => xml("<Redirect>https://phone.example.com/two</Redirect>"),
        _ => xml("<Hangup/>"),
    });
    let network = world.network_with(50.0, |c| {
        c.public_url = Some("https://phone.example.com".into())
    });
    let report = network.call(&Script::saying("demo", &[])).await;
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(world.asked("/two").len(), 1);
}
