//! Reading table, functions and routes from the SAM template.
//!
//! The template is the only place that defines them, so what runs on a laptop cannot drift from what is deployed.

use std::{collections::BTreeMap, fmt, path::Path, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use serde_norway::Value as Yaml;

/// Lambda's own default, used when neither the function nor `Globals` has a `Timeout`.
const DEFAULT_TIMEOUT_SECONDS: u64 = 3;
/// Lambda's own default, used when neither the function nor `Globals` has a `MemorySize`.
const DEFAULT_MEMORY_MEGABYTES: u32 = 128;

/// The parts of a SAM template that matter on a laptop.
#[derive(Clone, Debug)]
pub struct Template {
    /// The body of a `CreateTable` request, without its `TableName`.
    pub table: Value,
    /// The attribute that holds an item's expiry, if the table has one.
    pub time_to_live: Option<String>,
    /// Every function, in the order of the resources' names.
    pub functions: Vec<FunctionDefinition>,
}

/// One function of the template.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FunctionDefinition {
    /// The name of its binary (`Metadata.Binary`), which is also its name in logs.
    pub name: String,
    /// How long one call may take.
    pub timeout: Duration,
    /// The memory size that it is told.
    pub memory_megabytes: u32,
    /// The routes that it answers.
    pub routes: Vec<Route>,
    /// Whether it answers requests that no route matches (`$default`).
    pub catch_all: bool,
}

/// A method and a path with `{parameters}`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Route {
    /// The method in capitals; `ANY` stands for every method.
    pub method: String,
    /// The path, for example `/api/v1/customer/{id}`.
    pub path: String,
}

/// API Gateway's route key: `GET /api/v1/customer/{id}`.
impl fmt::Display for Route {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

/// Reads a whole template as JSON. References to parameters become their defaults; of other intrinsic functions the
/// argument is kept.
pub fn read_document(path: &Path) -> Result<Value> {
    let read = || document(&std::fs::read_to_string(path).context("it cannot be read")?);
    read().with_context(|| format!("in the template {}", path.display()))
}

fn document(text: &str) -> Result<Value> {
    let yaml: Yaml = serde_norway::from_str(text).context("it is not YAML")?;
    resolve(&yaml, &parameter_defaults(&yaml)?)
}

impl Template {
    /// Reads the template at `path`.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the template {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in the template {}", path.display()))
    }

    /// Reads a template from its text.
    pub fn parse(text: &str) -> Result<Self> {
        let document: Document = decode(document(text)?, "the template")?;
        let table = document.the_table()?;
        let functions = document.functions()?;
        check_routes(&functions)?;
        Ok(Self {
            table: table.create_request()?,
            time_to_live: table.time_to_live()?,
            functions,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    #[serde(default)]
    globals: Globals,
    resources: BTreeMap<String, Resource>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Globals {
    function: Sizes,
}

/// The properties that a function may inherit from `Globals`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Sizes {
    timeout: Option<u64>,
    memory_size: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    r#type: String,
    #[serde(default)]
    metadata: Map<String, Value>,
    #[serde(default)]
    properties: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FunctionProperties {
    #[serde(flatten)]
    sizes: Sizes,
    #[serde(default)]
    events: BTreeMap<String, Event>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    r#type: String,
    #[serde(default)]
    properties: EventProperties,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct EventProperties {
    method: Option<String>,
    path: Option<String>,
}

impl Document {
    fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a String, &'a Resource)> {
        self.resources.iter().filter(move |(_, resource)| resource.r#type == kind)
    }

    fn the_table(&self) -> Result<Table<'_>> {
        let mut tables = self.of_type("AWS::DynamoDB::Table");
        let (name, resource) = tables.next().context("there is no AWS::DynamoDB::Table")?;
        if let Some((other, _)) = tables.next() {
            bail!("there are two tables, {name} and {other}; everything is expected in one");
        }
        let properties = resource
            .properties
            .as_object()
            .with_context(|| format!("{name} has no Properties"))?;
        Ok(Table { name, properties })
    }

    fn functions(&self) -> Result<Vec<FunctionDefinition>> {
        self.of_type("AWS::Serverless::Function")
            .map(|(name, resource)| self.function(name, resource))
            .collect()
    }

    fn function(&self, resource_name: &str, resource: &Resource) -> Result<FunctionDefinition> {
        let binary = resource.metadata.get("Binary").and_then(Value::as_str);
        let name = binary.with_context(|| format!("{resource_name} has no Metadata.Binary, the name of its binary"))?;
        ensure!(
            is_file_name(name),
            "{resource_name} has the Metadata.Binary {name:?}, which is not a plain file name"
        );
        let FunctionProperties { sizes, events } = decode(resource.properties.clone(), resource_name)?;
        let globals = &self.globals.function;
        let mut function = FunctionDefinition {
            name: name.to_owned(),
            timeout: Duration::from_secs(sizes.timeout.or(globals.timeout).unwrap_or(DEFAULT_TIMEOUT_SECONDS)),
            memory_megabytes: sizes.memory_size.or(globals.memory_size).unwrap_or(DEFAULT_MEMORY_MEGABYTES),
            routes: Vec::new(),
            catch_all: false,
        };
        for (event_name, event) in events.into_iter().filter(|(_, event)| event.r#type == "HttpApi") {
            function
                .add_event(event.properties)
                .with_context(|| format!("{resource_name}, event {event_name}"))?;
        }
        Ok(function)
    }
}

impl FunctionDefinition {
    /// An `HttpApi` event without a path is SAM's way to write the `$default` route.
    fn add_event(&mut self, event: EventProperties) -> Result<()> {
        let Some(path) = event.path else {
            ensure!(event.method.is_none(), "it has a Method but no Path");
            self.catch_all = true;
            return Ok(());
        };
        ensure!(path.starts_with('/'), "the Path {path:?} does not start with a slash");
        let before_the_end = path.strip_suffix("+}").unwrap_or(&path);
        ensure!(
            !before_the_end.contains("+}"),
            "the Path {path:?} has a greedy parameter before its end"
        );
        let method = event.method.context("it has a Path but no Method")?.to_ascii_uppercase();
        self.routes.push(Route { method, path });
        Ok(())
    }
}

struct Table<'a> {
    name: &'a str,
    properties: &'a Map<String, Value>,
}

impl Table<'_> {
    /// The properties that `CreateTable` takes, without settings that matter to an operator only, such as backups.
    fn create_request(&self) -> Result<Value> {
        let name = self.name;
        ensure!(
            !self.properties.contains_key("LocalSecondaryIndexes"),
            "{name} has LocalSecondaryIndexes, which are not supported"
        );
        let billing = self.required("BillingMode")?;
        ensure!(
            billing == "PAY_PER_REQUEST",
            "{name} has the BillingMode {billing}; only PAY_PER_REQUEST is supported"
        );
        let mut request = json!({
            "AttributeDefinitions": self.required("AttributeDefinitions")?,
            "KeySchema": self.required("KeySchema")?,
            "BillingMode": billing,
        });
        if let Some(indexes) = self.properties.get("GlobalSecondaryIndexes") {
            request["GlobalSecondaryIndexes"] = indexes.clone();
        }
        Ok(request)
    }

    fn required(&self, property: &str) -> Result<&Value> {
        self.properties
            .get(property)
            .with_context(|| format!("{} has no {property}", self.name))
    }

    fn time_to_live(&self) -> Result<Option<String>> {
        let Some(specification) = self.properties.get("TimeToLiveSpecification") else {
            return Ok(None);
        };
        if specification.get("Enabled") == Some(&Value::Bool(false)) {
            return Ok(None);
        }
        let attribute = specification.get("AttributeName").and_then(Value::as_str);
        let attribute = attribute.with_context(|| format!("{}: its TimeToLiveSpecification has no AttributeName", self.name))?;
        Ok(Some(attribute.to_owned()))
    }
}

/// Refuses two functions for one route, between which chance would decide.
fn check_routes(functions: &[FunctionDefinition]) -> Result<()> {
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for function in functions {
        let catch_all = function.catch_all.then(|| "$default".to_owned());
        for key in function.routes.iter().map(ToString::to_string).chain(catch_all) {
            if let Some(other) = owners.insert(key.clone(), &function.name) {
                bail!("the route {key} belongs to both {other} and {}", function.name);
            }
        }
    }
    Ok(())
}

/// Checks a binary's name. It is joined to a directory, so it must not lead out of it.
fn is_file_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn decode<T: DeserializeOwned>(value: Value, what: &str) -> Result<T> {
    serde_json::from_value(value).with_context(|| format!("{what} is not as expected"))
}

/// The parameters that have a default. Others cannot be resolved on a laptop.
fn parameter_defaults(template: &Yaml) -> Result<BTreeMap<String, Value>> {
    let Some(Yaml::Mapping(parameters)) = template.get("Parameters") else {
        return Ok(BTreeMap::new());
    };
    let with_default = parameters
        .iter()
        .filter_map(|(name, parameter)| Some((name.as_str()?, parameter.get("Default")?)));
    with_default
        .map(|(name, default)| Ok((name.to_owned(), resolve(default, &BTreeMap::new())?)))
        .collect()
}

/// Converts a document to JSON. A tag (`!Ref`, `!Sub`, …) is replaced by its argument, except that a reference to a
/// parameter becomes that parameter's default. Nothing that is read here depends on other tags.
fn resolve(yaml: &Yaml, parameters: &BTreeMap<String, Value>) -> Result<Value> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(flag) => Value::Bool(*flag),
        Yaml::Number(number) => serde_json::to_value(number)?,
        Yaml::String(text) => Value::String(text.clone()),
        Yaml::Sequence(items) => items.iter().map(|item| resolve(item, parameters)).collect::<Result<_>>()?,
        Yaml::Mapping(entries) => {
            let resolved = entries
                .iter()
                .map(|(key, value)| Ok((key_text(key)?, resolve(value, parameters)?)));
            Value::Object(resolved.collect::<Result<_>>()?)
        }
        Yaml::Tagged(tagged) => {
            let value = resolve(&tagged.value, parameters)?;
            let default = value
                .as_str()
                .filter(|_| tagged.tag == "Ref")
                .and_then(|name| parameters.get(name));
            default.cloned().unwrap_or(value)
        }
    })
}

fn key_text(key: &Yaml) -> Result<String> {
    match key {
        Yaml::String(text) => Ok(text.clone()),
        Yaml::Number(number) => Ok(number.to_string()),
        Yaml::Bool(flag) => Ok(flag.to_string()),
        _ => bail!("a key is neither text nor a number"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = r"
Parameters:
  Memory: {Type: Number, Default: 512}
Globals:
  Function: {Timeout: 10, MemorySize: !Ref Memory, Handler: bootstrap}
Resources:
  Api: {Type: AWS::Serverless::HttpApi}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      GlobalSecondaryIndexes:
        - {IndexName: by-term, KeySchema: [{AttributeName: pk, KeyType: HASH}], Projection: {ProjectionType: KEYS_ONLY}}
      TimeToLiveSpecification: {AttributeName: expires, Enabled: true}
      SSESpecification: {SSEEnabled: true}
  Find:
    Type: AWS::Serverless::Function
    Metadata: {Binary: find-customer}
    Properties:
      Timeout: 25
      CodeUri: !Sub '${Somewhere}/bootstrap.zip'
      Policies: [{Statement: [{Resource: !GetAtt Table.Arn}]}]
      Events:
        Route: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: get, Path: '/customer/{id}'}}
        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
  Unknown:
    Type: AWS::Serverless::Function
    Metadata: {Binary: unknown-route}
    Properties:
      Events:
        Route: {Type: HttpApi, Properties: {ApiId: !Ref Api}}
";

    #[track_caller]
    fn fails(text: &str, expected: &str) {
        let error = format!("{:#}", Template::parse(text).unwrap_err());
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn table_is_a_create_request() {
        let template = Template::parse(TEMPLATE).unwrap();
        let expected = json!({
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "GlobalSecondaryIndexes": [{
                "IndexName": "by-term",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }],
        });
        assert_eq!(template.table, expected);
        assert_eq!(template.time_to_live.as_deref(), Some("expires"));
    }

    #[test]
    fn functions_merge_globals_and_keep_only_http_events() {
        let template = Template::parse(TEMPLATE).unwrap();
        let find = FunctionDefinition {
            name: "find-customer".to_owned(),
            timeout: Duration::from_secs(25),
            memory_megabytes: 512,
            routes: vec![Route {
                method: "GET".to_owned(),
                path: "/customer/{id}".to_owned(),
            }],
            catch_all: false,
        };
        let unknown = FunctionDefinition {
            name: "unknown-route".to_owned(),
            timeout: Duration::from_secs(10),
            memory_megabytes: 512,
            routes: Vec::new(),
            catch_all: true,
        };
        assert_eq!(template.functions, [find, unknown]);
    }

    #[test]
    fn defaults_are_those_of_lambda() {
        let text = TEMPLATE.replace("Timeout: 10, MemorySize: !Ref Memory, ", "");
        let unknown = Template::parse(&text).unwrap().functions.pop().unwrap();
        assert_eq!((unknown.timeout, unknown.memory_megabytes), (Duration::from_secs(3), 128));
    }

    #[test]
    fn errors_name_the_resource() {
        fails("{", "it is not YAML");
        fails("Resources: {}", "there is no AWS::DynamoDB::Table");
        fails(
            &TEMPLATE.replace("Metadata: {Binary: find-customer}", ""),
            "Find has no Metadata.Binary",
        );
        fails(
            &TEMPLATE.replace("find-customer", "../find"),
            "Find has the Metadata.Binary \"../find\"",
        );
        fails(&TEMPLATE.replace("Timeout: 25", "Timeout: soon"), "Find is not as expected");
        fails(
            &TEMPLATE.replace("KeySchema: [{AttributeName: pk, KeyType: HASH}]\n", "\n"),
            "Table has no KeySchema",
        );
        fails(
            &TEMPLATE.replace("Method: get, ", ""),
            "Find, event Route: it has a Path but no Method",
        );
        fails(
            &TEMPLATE.replace("AttributeName: expires, ", ""),
            "Table: its TimeToLiveSpecification",
        );
    }

    #[test]
    fn a_route_has_one_function() {
        let twice = TEMPLATE.replace("{ApiId: !Ref Api}", "{Method: GET, Path: '/customer/{id}'}");
        fails(&twice, "GET /customer/{id} belongs to both find-customer and unknown-route");
    }
}
