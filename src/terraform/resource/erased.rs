//! Between the wire and a typed [`Resource`].

use std::fmt::Display;
use std::sync::Arc;

use bytes::Bytes;

use crate::context::Context;
use crate::proto::tfplugin6::{
    DynamicValue, RawState, ResourceIdentityData, apply_resource_change, import_resource_state,
    move_resource_state, plan_resource_change, read_resource, upgrade_resource_state,
};
use crate::sync::locked;
use crate::terraform::consistency::{conform, known};
use crate::terraform::diagnostics::{Diagnostic, Diagnostics};
use crate::terraform::failure::Failure;
use crate::terraform::identity::IdentitySchema;
use crate::terraform::offered::{Erased, Offered, deferred};
use crate::terraform::path::AttributePath;
use crate::terraform::schema::AttrType;
use crate::terraform::texts;
use crate::terraform::value::{Value, json};

use super::{Creation, Plan, PlanUpdate, ReadResult, Resource, ResourceInvocation, Stored};

/// A [`Resource`] without its types. Made by [`erase`].
#[tonic::async_trait]
pub trait AnyResource: Offered {
    /// What identifies its objects.
    fn identity_schema(&self) -> IdentitySchema;
    /// The identity of an object as the wire has it, if it has one already.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    fn identity(&self, object: &Value) -> Result<Option<ResourceIdentityData>, Diagnostic> {
        let schema = self.identity_schema();
        let identity = schema.of(object).map(|text| schema.write(text.into()));
        identity.transpose()
    }
    /// Checks a configuration. Where `write_only_allowed` is false, Terraform would store what is
    /// write-only.
    fn validate(&self, config: Option<DynamicValue>, write_only_allowed: bool) -> Diagnostics;
    /// Brings an object of the state file to the current schema.
    ///
    /// Terraform calls it for every stored object, every time, whatever its version. Attributes
    /// the schema has gained since are null, attributes it has lost are dropped; what else older
    /// versions stored otherwise is for the resource to translate.
    async fn upgrade(
        &self,
        request: upgrade_resource_state::Request,
    ) -> Result<upgrade_resource_state::Response, Diagnostic>;
    /// Takes over an object of the same type of another provider, which is ours under another
    /// address, from another registry or namespace: its objects are ours in all but name.
    ///
    /// # Errors
    ///
    /// When the object cannot be read.
    async fn take_over(
        &self,
        request: move_resource_state::Request,
    ) -> Result<move_resource_state::Response, Diagnostic>;
    /// Plans a change.
    async fn plan(
        &self,
        request: plan_resource_change::Request,
        context: Context,
    ) -> Result<plan_resource_change::Response, Diagnostic>;
    /// Carries out a plan.
    async fn apply(
        &self,
        request: apply_resource_change::Request,
        context: Context,
    ) -> Result<apply_resource_change::Response, Diagnostic>;
    /// Reads an object as it is now.
    async fn read(
        &self,
        request: read_resource::Request,
        context: Context,
    ) -> Result<read_resource::Response, Diagnostic>;
    /// Turns what the user gave into an object that a read can complete.
    ///
    /// # Errors
    ///
    /// When the resource cannot be imported by it.
    fn import(
        &self,
        request: import_resource_state::Request,
    ) -> Result<import_resource_state::Response, Diagnostic>;
}

/// A change to plan, or to carry out. Null means: no such object.
struct ChangeRequest {
    prior: Value,
    config: Value,
    /// What is proposed, or what was planned.
    planned: Value,
    private: Bytes,
}

/// What became of an object, or why nothing did.
#[derive(Default)]
struct ObjectResponse {
    /// The object; null if there is none, or if nothing changed.
    object: Value,
    /// What is kept beside it.
    private: Bytes,
    /// Of a plan: the attributes whose change makes a new object necessary.
    requires_replace: Vec<AttributePath>,
    diagnostics: Diagnostics,
}

impl From<Diagnostics> for ObjectResponse {
    /// There is no object, or nothing changed: with an error, Terraform keeps what it had.
    fn from(diagnostics: Diagnostics) -> Self {
        Self {
            diagnostics,
            ..Self::default()
        }
    }
}

impl From<Diagnostic> for ObjectResponse {
    fn from(problem: Diagnostic) -> Self {
        Diagnostics::from(problem).into()
    }
}

/// Hides the types of a resource.
pub fn erase<R: Resource>(resource: R) -> Box<dyn AnyResource> {
    let resource = Arc::new(resource);
    Box::new(Erased::new::<R::Object>(R::TYPE_NAME, R::VERSION, resource))
}

impl<R: Resource> Erased<Arc<R>> {
    /// Reads an object with what was kept beside it. What cannot be read of the latter is as good
    /// as nothing: it only ever adds to what the object says itself.
    fn stored(&self, object: Value, what: &str, private: &[u8]) -> Result<Stored<R>, Diagnostic> {
        Ok(Stored {
            object: self.object(object, what)?,
            private: private_of::<R>(private),
        })
    }

    /// The object as it may be stored: without what is write-only.
    fn storable(&self, object: Value) -> Value {
        self.schema().block().without_write_only(object)
    }

    /// What was found, or half done, with no plan to fit it to.
    fn found(&self, stored: Stored<R>, diagnostics: Diagnostics) -> ObjectResponse {
        ObjectResponse {
            object: self.storable(known(stored.object.into_value())),
            private: private_bytes::<R>(&stored.private),
            diagnostics,
            ..ObjectResponse::default()
        }
    }

    /// What became of a plan.
    fn made(&self, planned: &Value, stored: Stored<R>, diagnostics: Diagnostics) -> ObjectResponse {
        ObjectResponse {
            object: conform(planned, stored.object.into_value(), self.schema().ty()),
            private: private_bytes::<R>(&stored.private),
            diagnostics,
            ..ObjectResponse::default()
        }
    }

    fn try_plan(&self, request: ChangeRequest) -> Result<ObjectResponse, Diagnostic> {
        let mut diagnostics = Diagnostics::new();
        if request.planned.is_null() {
            let prior = self.object(request.prior, "prior object")?;
            self.inner.plan_destroy(&prior, &mut diagnostics);
            return Ok(ObjectResponse {
                private: request.private,
                ..diagnostics.into()
            });
        }
        let block = self.schema().block();
        // What was unknown while validating may be known now.
        block.validate(&request.config, &mut diagnostics);
        if diagnostics.has_errors() {
            return Ok(diagnostics.into());
        }
        let config = self.object(request.config.clone(), "configuration")?;
        let plan = if request.prior.is_null() {
            // Every attribute that the provider sets, and the user did not, is still unknown.
            let proposed = block.with_computed_unknown(self.storable(request.config));
            let creation = Creation {
                config,
                proposed: self.object(proposed, "configuration")?,
                replaced: (!request.private.is_empty()).then(|| private_of::<R>(&request.private)),
            };
            self.inner.plan_create(creation, &mut diagnostics)
        } else {
            let update = PlanUpdate {
                prior: self.object(request.prior.clone(), "prior object")?,
                config,
                proposed: self.object(self.storable(request.planned), "proposed object")?,
                private: private_of::<R>(&request.private),
            };
            self.inner.plan_update(update, &mut diagnostics)
        };
        let Plan {
            object,
            private,
            requires_replace,
        } = plan;
        let object = self.storable(object.into_value());
        let declared = block.replaced(&request.prior, &object);
        let requires_replace: Vec<_> = requires_replace.into_iter().chain(declared).collect();
        Ok(ObjectResponse {
            object,
            private: private_bytes::<R>(&private),
            requires_replace: requires_replace
                .into_iter()
                .map(|name| AttributePath::root().attribute(name))
                .collect(),
            ..diagnostics.into()
        })
    }

    async fn create(
        &self,
        request: ChangeRequest,
        context: Context,
    ) -> Result<ObjectResponse, Diagnostic> {
        let stored = self.stored(request.planned.clone(), "planned object", &request.private)?;
        let call = Arc::new(ResourceInvocation::new(
            context,
            self.known_config(request.config)?,
        ));
        // In a task of its own, so that a panic ends there and what was kept is still stored.
        let made = tokio::spawn({
            let (resource, call) = (Arc::clone(&self.inner), Arc::clone(&call));
            async move { resource.create(stored, &call).await }
        })
        .await;
        let kept = locked(&call.kept).take();
        let (stored, problem) = match (made, kept) {
            (Ok(Ok(stored)), _) => (Some(stored), None),
            (Ok(Err(failure)), _) => (None, Some(failure.into_diagnostic())),
            (Err(_), Some(kept)) => (Some(kept), Some(texts::panicked_late(R::TYPE_NAME))),
            (Err(_), None) => (None, Some(texts::panicked("creating", R::TYPE_NAME))),
        };
        let diagnostics = call.invocation.ended(problem.map(Failure::from));
        Ok(match stored {
            Some(stored) => self.made(&request.planned, stored, diagnostics),
            None => diagnostics.into(),
        })
    }

    async fn update(
        &self,
        request: ChangeRequest,
        context: Context,
    ) -> Result<ObjectResponse, Diagnostic> {
        let prior = self.object(request.prior, "prior object")?;
        let planned = self.stored(request.planned.clone(), "planned object", &request.private)?;
        let call = ResourceInvocation::new(context, self.known_config(request.config)?);
        let updated = self.inner.update(prior, planned, &call).await;
        Ok(match updated {
            Ok(stored) => self.made(&request.planned, stored, call.invocation.ended(None)),
            Err(failure) => self.failed(&call, failure),
        })
    }

    async fn delete(
        &self,
        request: ChangeRequest,
        context: Context,
    ) -> Result<ObjectResponse, Diagnostic> {
        let prior = self.stored(request.prior, "prior object", &request.private)?;
        let call = ResourceInvocation::new(context, R::Object::default());
        let deleted = self.inner.delete(prior, &call).await;
        Ok(match deleted {
            Ok(()) => call.invocation.ended(None).into(),
            Err(failure) => self.failed(&call, failure),
        })
    }

    /// A failure that leaves the object as it was, or as the call kept it.
    fn failed(&self, call: &ResourceInvocation<R>, failure: Failure) -> ObjectResponse {
        let diagnostics = call.invocation.ended(Some(failure));
        match locked(&call.kept).take() {
            Some(stored) => self.found(stored, diagnostics),
            None => diagnostics.into(),
        }
    }

    /// An object that version `version` of its schema stored, by the current schema. The resource
    /// notes that a state holds it.
    async fn current(&self, version: i64, stored: Option<RawState>) -> Result<Value, Diagnostic> {
        let stored = stored.unwrap_or_default().json;
        if stored.is_empty() {
            return Err(texts::too_old(R::TYPE_NAME));
        }
        let unreadable = |why: &dyn Display| texts::unreadable_state(R::TYPE_NAME, &why);
        if version > R::VERSION {
            return Err(unreadable(&format!(
                "a newer version of the provider stored it, by version {version} of its schema"
            )));
        }
        let stored = match version == R::VERSION {
            true => stored,
            false => self.translated(version, &stored)?,
        };
        let object = json::decode_state(&stored, self.schema().ty()).map_err(|e| unreadable(&e))?;
        if object.is_null() {
            // An upgrade never ends in no object.
            return Err(unreadable(&"it is null"));
        }
        let object = self.storable(object);
        if let Ok(object) = R::Object::from_value(object.clone()) {
            self.inner.note_in_state(&object).await;
        }
        Ok(object)
    }

    /// The JSON of an object that version `from` stored, as the current version would store it.
    fn translated(&self, from: i64, stored: &[u8]) -> Result<Bytes, Diagnostic> {
        let broken = |error: serde_json::Error| {
            // Its own text may quote the state.
            let (line, column) = (error.line(), error.column());
            let why = format!("it is no JSON object (line {line}, column {column})");
            texts::unreadable_state(&format!("{} of version {from}", R::TYPE_NAME), &why)
        };
        let stored = serde_json::from_slice(stored).map_err(broken)?;
        let upgraded = self.inner.upgrade(from, stored)?;
        Ok(serde_json::to_vec(&upgraded).map_err(broken)?.into())
    }

    /// The object that an identity names.
    fn identified(&self, identity: &ResourceIdentityData) -> Result<ObjectResponse, Diagnostic> {
        let schema = R::IDENTITY;
        let imported = self.inner.import(&schema.read(identity)?).ok();
        let found = imported.map(|stored| self.found(stored, Diagnostics::new()));
        // What an object can be imported by is more than what identifies one.
        let identified = found.filter(|found| schema.of(&found.object).is_some());
        let (attribute, description) = (schema.attribute, schema.description);
        let refusal = || texts::not_an_identity(R::TYPE_NAME, attribute, description);
        identified.ok_or_else(refusal)
    }
}

#[tonic::async_trait]
impl<R: Resource> AnyResource for Erased<Arc<R>> {
    fn identity_schema(&self) -> IdentitySchema {
        R::IDENTITY
    }

    fn validate(&self, config: Option<DynamicValue>, write_only_allowed: bool) -> Diagnostics {
        let config = match self.decode(config.as_ref(), "configuration") {
            Ok(config) => config,
            Err(problem) => return problem.into(),
        };
        let mut refused = Diagnostics::new();
        if !write_only_allowed {
            let block = self.schema().block();
            block.refuse_write_only(&config, &mut refused);
        }
        self.checked(config, |resource, config, diagnostics| {
            diagnostics.extend(refused);
            resource.validate(config, diagnostics);
        })
    }

    async fn upgrade(
        &self,
        request: upgrade_resource_state::Request,
    ) -> Result<upgrade_resource_state::Response, Diagnostic> {
        let object = self.current(request.version, request.raw_state).await?;
        Ok(upgrade_resource_state::Response {
            upgraded_state: self.encode(&object, "upgraded object")?,
            diagnostics: Vec::new(),
        })
    }

    async fn take_over(
        &self,
        request: move_resource_state::Request,
    ) -> Result<move_resource_state::Response, Diagnostic> {
        let (version, state) = (request.source_schema_version, request.source_state);
        let object = self.current(version, state).await?;
        Ok(move_resource_state::Response {
            target_state: self.encode(&object, "moved object")?,
            target_private: request.source_private,
            // Of the object, which may have been stored without one.
            target_identity: self.identity(&object)?,
            diagnostics: Vec::new(),
        })
    }

    async fn plan(
        &self,
        request: plan_resource_change::Request,
        context: Context,
    ) -> Result<plan_resource_change::Response, Diagnostic> {
        self.inner.prepare_plan(&context).await;
        let planned = self.try_plan(ChangeRequest {
            prior: self.decode(request.prior_state.as_ref(), "prior object")?,
            config: self.decode(request.config.as_ref(), "configuration")?,
            planned: self.decode(request.proposed_new_state.as_ref(), "proposed object")?,
            private: request.prior_private,
        });
        let planned = planned.unwrap_or_else(ObjectResponse::from);
        // What is to be destroyed keeps its identity to the end.
        let identity = self.identity(&planned.object)?.or(request.prior_identity);
        Ok(plan_resource_change::Response {
            planned_identity: identity,
            planned_state: self.encode(&planned.object, "planned object")?,
            requires_replace: planned.requires_replace.iter().map(Into::into).collect(),
            planned_private: planned.private,
            diagnostics: planned.diagnostics.into_wire(),
            ..Default::default()
        })
    }

    async fn apply(
        &self,
        request: apply_resource_change::Request,
        context: Context,
    ) -> Result<apply_resource_change::Response, Diagnostic> {
        let change = ChangeRequest {
            prior: self.decode(request.prior_state.as_ref(), "prior object")?,
            planned: self.decode(request.planned_state.as_ref(), "planned object")?,
            config: self.decode(request.config.as_ref(), "configuration")?,
            private: request.planned_private,
        };
        let applied = match (change.prior.is_null(), change.planned.is_null()) {
            (true, _) => self.create(change, context).await,
            (false, true) => self.delete(change, context).await,
            (false, false) => self.update(change, context).await,
        };
        let applied = applied.unwrap_or_else(ObjectResponse::from);
        let identity = match applied.object {
            // Nothing was changed, or nothing is left.
            Value::Null if applied.diagnostics.has_errors() => request.planned_identity,
            Value::Null => None,
            ref object => self.identity(object)?.or(request.planned_identity),
        };
        Ok(apply_resource_change::Response {
            new_state: self.encode(&applied.object, "applied object")?,
            private: applied.private,
            diagnostics: applied.diagnostics.into_wire(),
            new_identity: identity,
            ..Default::default()
        })
    }

    async fn read(
        &self,
        request: read_resource::Request,
        context: Context,
    ) -> Result<read_resource::Response, Diagnostic> {
        let current = self.decode(request.current_state.as_ref(), "current object")?;
        let call = ResourceInvocation::new(context, R::Object::default());
        let reading = match self.stored(current.clone(), "current object", &request.private) {
            Ok(stored) => self.inner.read(stored, &call).await,
            Err(problem) => Err(problem.into()),
        };
        let (object, private, failure) = match reading {
            Ok(ReadResult::Present(stored)) => {
                let found = self.found(stored, Diagnostics::new());
                (found.object, found.private, None)
            }
            Ok(ReadResult::Removed) => (Value::Null, Bytes::new(), None),
            // It stays as it was.
            Err(failure) => (current, request.private, Some(failure)),
        };
        // An identity is never lost by a read, and found for objects stored before there were any.
        let identity = match object {
            Value::Null => None,
            ref object => self.identity(object)?.or(request.current_identity),
        };
        let client = request.client_capabilities;
        let deferred = failure.as_ref().and_then(|it| deferred(it, client));
        Ok(read_resource::Response {
            new_state: self.encode(&object, "object")?,
            private,
            diagnostics: match deferred {
                Some(_) => Vec::new(),
                None => call.invocation.ended(failure).into_wire(),
            },
            deferred,
            new_identity: identity,
        })
    }

    fn import(
        &self,
        request: import_resource_state::Request,
    ) -> Result<import_resource_state::Response, Diagnostic> {
        let found = match &request.identity {
            Some(identity) => self.identified(identity)?,
            None => self.found(self.inner.import(&request.id)?, Diagnostics::new()),
        };
        let imported = import_resource_state::ImportedResource {
            state: self.encode(&found.object, "imported object")?,
            type_name: request.type_name,
            private: found.private,
            identity: self.identity(&found.object)?,
        };
        Ok(import_resource_state::Response {
            imported_resources: vec![imported],
            diagnostics: Vec::new(),
            ..Default::default()
        })
    }
}

/// What was kept beside an object.
fn private_of<R: Resource>(bytes: &[u8]) -> R::Private {
    serde_json::from_slice(bytes).unwrap_or_default()
}

fn private_bytes<R: Resource>(private: &R::Private) -> Bytes {
    serde_json::to_vec(private).unwrap_or_default().into()
}
