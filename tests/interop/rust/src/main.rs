//! A driver of the conformance kit around the local offset store of rocketmq-client-rust, as its
//! consumer uses it.
use std::collections::HashSet;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;

use rocketmq_client_rust::base::client_config::ClientConfig;
use rocketmq_client_rust::consumer::store::{LocalFileOffsetStore, OffsetStore, ReadOffsetType};
use rocketmq_client_rust::factory::mq_client_instance::MQClientInstance;
use rocketmq_common::common::message::message_queue::MessageQueue;
use serde_json::{json, Value};

const ROOT: &str = "rocketmq.client.localOffsetStoreDir";
/// The request to open that the new process is to answer.
const REOPEN: &str = "OFFSET_STORE_DRIVER_OPEN";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let mut driver = Driver { store: None };
    if let Ok(line) = std::env::var(REOPEN) {
        std::env::remove_var(REOPEN);
        say(runtime.block_on(driver.open(&serde_json::from_str(&line).expect("a request"))));
    }
    while let Some(line) = read_line() {
        say(runtime.block_on(driver.answer(&line)));
    }
    // As if the process had been ended: a store that is dropped would persist.
    std::process::exit(0);
}

/// Byte by byte, so that nothing is lost when the process is replaced.
fn read_line() -> Option<String> {
    let mut line = Vec::new();
    let mut stdin = std::fs::File::from(
        std::os::fd::AsFd::as_fd(&std::io::stdin()).try_clone_to_owned().expect("stdin"),
    );
    let mut byte = [0];
    while stdin.read(&mut byte).ok()? == 1 {
        if byte[0] == b'\n' {
            return String::from_utf8(line).ok();
        }
        line.push(byte[0]);
    }
    None
}

fn say(answer: Value) {
    let mut out = std::io::stdout();
    writeln!(out, "{answer}").expect("stdout");
    out.flush().expect("stdout");
}

fn fault(kind: &str, message: impl ToString) -> Value {
    json!({"ok": false, "error": kind, "message": message.to_string()})
}

struct Driver {
    store: Option<OffsetStore>,
}

impl Driver {
    async fn answer(&mut self, line: &str) -> Value {
        let request: Value = match serde_json::from_str(line) {
            Ok(request) => request,
            Err(error) => return fault("invalid", error),
        };
        match request["op"].as_str() {
            Some("hello") => json!({
                "ok": true, "name": "rocketmq-client-rust", "version": "0.9.0", "profile": "rust", "format": "go",
            }),
            // The client reads its root once in a process, so a process is started in this one's
            // place. That abandons the former store, too.
            Some("open") => {
                let program = std::env::current_exe().expect("a program");
                let root = request["root"].as_str().unwrap_or_default();
                let error = std::process::Command::new(program).env(ROOT, root).env(REOPEN, line).exec();
                fault("other", error)
            }
            Some(op) => match self.call(op, &request).await {
                Ok(answer) => answer,
                Err(message) => fault("invalid", message),
            },
            None => fault("invalid", "no op"),
        }
    }

    async fn open(&mut self, request: &Value) -> Value {
        let text = |name: &str| request[name].as_str().unwrap_or_default().to_string();
        let (root, client_id, group) = (text("root"), text("clientId"), text("group"));
        let instance = MQClientInstance::new_arc(ClientConfig::default(), 0, client_id.clone(), None);
        let store = OffsetStore::new_with_local(LocalFileOffsetStore::new(instance, group.clone().into()));
        // The consumer loads the store when it starts, and does not start if that fails.
        if let Err(error) = store.load().await {
            std::mem::forget(store);
            return fault("corrupt", error);
        }
        self.store = Some(store);
        let path = std::path::Path::new(&root).join(client_id).join(group).join("offsets.json");
        json!({"ok": true, "path": path})
    }

    async fn call(&mut self, op: &str, request: &Value) -> Result<Value, String> {
        let store = self.store.as_mut().ok_or("no store is open")?;
        match op {
            "update" => {
                let increase_only = request["increaseOnly"].as_bool().ok_or("no increaseOnly")?;
                store.update_offset(&queue(&request["mq"])?, offset(request)?, increase_only).await;
            }
            "freeze" => store.update_and_freeze_offset(&queue(&request["mq"])?, offset(request)?).await,
            "read" => {
                let kind = match request["type"].as_str() {
                    Some("memory") => ReadOffsetType::ReadFromMemory,
                    Some("store") => ReadOffsetType::ReadFromStore,
                    Some("memory-then-store") => ReadOffsetType::MemoryFirstThenStore,
                    _ => return Err("unknown type of read".into()),
                };
                let found = store.read_offset(&queue(&request["mq"])?, kind).await;
                return Ok(json!({"ok": true, "offset": found.to_string()}));
            }
            "persist" => {
                let mqs = match request["mqs"].as_array() {
                    Some(mqs) => mqs.iter().map(queue).collect::<Result<_, _>>()?,
                    None => all(store).await,
                };
                store.persist_all(&mqs).await;
            }
            "remove" => store.remove_offset(&queue(&request["mq"])?).await,
            "offsets" => {
                let table = store.clone_offset_table(request["topic"].as_str().ok_or("no topic")?).await;
                let offsets: Vec<Value> = table
                    .iter()
                    .map(|(mq, offset)| {
                        let mq = json!({"topic": mq.topic_str(), "brokerName": mq.broker_name().as_str(),
                            "queueId": mq.queue_id()});
                        json!({"mq": mq, "offset": offset.to_string()})
                    })
                    .collect();
                return Ok(json!({"ok": true, "offsets": offsets}));
            }
            "close" => {
                let mqs = all(store).await;
                store.persist_all(&mqs).await;
                // Dropping it would persist once more, behind the answer.
                std::mem::forget(self.store.take());
            }
            _ => return Ok(fault("unsupported", format!("the client has no {op}"))),
        }
        Ok(json!({"ok": true}))
    }
}

/// Everything in memory: the queues that a consumer holds. An empty topic asks for every topic.
async fn all(store: &OffsetStore) -> HashSet<MessageQueue> {
    store.clone_offset_table("").await.into_keys().collect()
}

fn queue(mq: &Value) -> Result<MessageQueue, String> {
    let topic = mq["topic"].as_str().ok_or("no topic")?;
    let broker_name = mq["brokerName"].as_str().ok_or("no brokerName")?;
    let queue_id = mq["queueId"].as_i64().and_then(|id| i32::try_from(id).ok()).ok_or("no queueId")?;
    Ok(MessageQueue::from_parts(topic, broker_name, queue_id))
}

fn offset(request: &Value) -> Result<i64, String> {
    request["offset"].as_str().and_then(|text| text.parse().ok()).ok_or("no offset".into())
}
