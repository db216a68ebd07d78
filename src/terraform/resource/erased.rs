//! Between a typed [`Resource`] and the values of the wire.

use std::sync::Arc;

use bytes::Bytes;

use crate::context::{BoxFuture, Context};
use crate::proto::tfplugin6::ResourceIdentityData;
use crate::sync::locked;
use crate::terraform::consistency::{conform, known};
use crate::terraform::diagnostics::{Diagnostic, Diagnostics};
use crate::terraform::failure::Failure;
use crate::terraform::identity::IdentitySchema;
use crate::terraform::offered::{Erased, ObjectResponse, Offered};
use crate::terraform::path::AttributePath;
use crate::terraform::schema::AttrType;
use crate::terraform::texts;
use crate::terraform::value::Value;

use super::{Creation, Plan, PlanUpdate, ReadResult, Resource, ResourceInvocation, Stored};

/// A [`Resource`] without its types. Made by [`erase`].
pub trait AnyResource: Offered {
    /// Brings the JSON of an object that version `from` stored to the current version.
    ///
    /// # Errors
    ///
    /// When that cannot be done.
    fn upgrade(&self, from: i64, stored: Vec<u8>) -> Result<Vec<u8>, Diagnostic>;
    /// Notes that Terraform's state holds this object.
    fn note_in_state<'a>(&'a self, object: &Value) -> BoxFuture<'a, ()>;
    /// Prepares for a plan.
    fn prepare_plan(&self, context: Context) -> BoxFuture<'_, ()>;
    /// What identifies its objects, if anything does.
    fn identity_schema(&self) -> Option<IdentitySchema>;
    /// The identity of an object as the wire has it, if it has one already.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    fn identity(&self, object: &Value) -> Result<Option<ResourceIdentityData>, Diagnostic>;
    /// Checks a configuration. Where `write_only_allowed` is false, Terraform would store what is
    /// write-only.
    fn validate(&self, config: Value, write_only_allowed: bool) -> Diagnostics;
    /// Plans a change.
    fn plan(&self, request: ChangeRequest) -> ObjectResponse;
    /// Carries out a plan.
    fn apply(&self, request: ChangeRequest, context: Context) -> BoxFuture<'_, ObjectResponse>;
    /// Reads an object as it is now, with what is kept beside it. It is null if it is no more.
    fn read(
        &self,
        current: Value,
        private: Bytes,
        context: Context,
    ) -> BoxFuture<'_, ObjectResponse>;
    /// Turns an import id into an object, with what is kept beside it.
    ///
    /// # Errors
    ///
    /// When the id does not have a form the resource can be imported by.
    fn import(&self, id: &str) -> Result<ObjectResponse, Diagnostic>;
    /// Turns an identity into an object, with what is kept beside it.
    ///
    /// # Errors
    ///
    /// When no object can have that identity.
    fn import_identity(&self, identity: &str) -> Result<ObjectResponse, Diagnostic>;
}

/// A change to plan, or to carry out. Null means: no such object.
#[derive(Debug)]
pub struct ChangeRequest {
    pub(crate) prior: Value,
    pub(crate) config: Value,
    /// What is proposed, or what was planned.
    pub(crate) planned: Value,
    pub(crate) private: Bytes,
}

/// Hides the types of a resource.
#[must_use]
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
}

impl<R: Resource> AnyResource for Erased<Arc<R>> {
    fn upgrade(&self, from: i64, stored: Vec<u8>) -> Result<Vec<u8>, Diagnostic> {
        if from == R::VERSION {
            return Ok(stored);
        }
        let broken = |error: serde_json::Error| {
            // Its own text may quote the state.
            let place = (error.line(), error.column());
            let why = format!(
                "it is no JSON object (line {}, column {})",
                place.0, place.1
            );
            texts::unreadable_state(&format!("{} of version {from}", R::TYPE_NAME), &why)
        };
        let stored = serde_json::from_slice(&stored).map_err(broken)?;
        let upgraded = self.inner.upgrade(from, stored)?;
        serde_json::to_vec(&upgraded).map_err(broken)
    }

    fn note_in_state<'a>(&'a self, object: &Value) -> BoxFuture<'a, ()> {
        let object = R::Object::from_value(object.clone()).ok();
        Box::pin(async move {
            if let Some(object) = object {
                self.inner.note_in_state(&object).await;
            }
        })
    }

    fn prepare_plan(&self, context: Context) -> BoxFuture<'_, ()> {
        Box::pin(async move { self.inner.prepare_plan(&context).await })
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        R::IDENTITY
    }

    fn identity(&self, object: &Value) -> Result<Option<ResourceIdentityData>, Diagnostic> {
        let object = R::Object::from_value(object.clone()).ok();
        let identity = object.and_then(|object| self.inner.identity(&object));
        match (R::IDENTITY, identity) {
            (Some(schema), Some(identity)) => schema.write(identity.into()).map(Some),
            _ => Ok(None),
        }
    }

    fn validate(&self, config: Value, write_only_allowed: bool) -> Diagnostics {
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

    fn plan(&self, request: ChangeRequest) -> ObjectResponse {
        let planned = self.try_plan(request);
        planned.unwrap_or_else(|problem| Diagnostics::from(problem).into())
    }

    fn apply(&self, request: ChangeRequest, context: Context) -> BoxFuture<'_, ObjectResponse> {
        Box::pin(async move {
            let applied = match (request.prior.is_null(), request.planned.is_null()) {
                (true, _) => self.create(request, context).await,
                (false, true) => self.delete(request, context).await,
                (false, false) => self.update(request, context).await,
            };
            applied.unwrap_or_else(|problem| Diagnostics::from(problem).into())
        })
    }

    fn read(
        &self,
        current: Value,
        private: Bytes,
        context: Context,
    ) -> BoxFuture<'_, ObjectResponse> {
        Box::pin(async move {
            let call = ResourceInvocation::new(context, R::Object::default());
            let reading = match self.stored(current.clone(), "current object", &private) {
                Ok(stored) => self.inner.read(stored, &call).await,
                Err(problem) => Err(problem.into()),
            };
            match reading {
                Ok(ReadResult::Present(stored)) => self.found(stored, call.invocation.ended(None)),
                Ok(ReadResult::Removed) => call.invocation.ended(None).into(),
                // It stays as it was.
                Err(failure) => ObjectResponse {
                    object: current,
                    private,
                    not_configured: failure.is_not_configured(),
                    ..call.invocation.ended(Some(failure)).into()
                },
            }
        })
    }

    fn import(&self, id: &str) -> Result<ObjectResponse, Diagnostic> {
        Ok(self.found(self.inner.import(id)?, Diagnostics::new()))
    }

    fn import_identity(&self, identity: &str) -> Result<ObjectResponse, Diagnostic> {
        // What an object can be imported by is more than what identifies one.
        let identifies = |stored: &Stored<R>| self.inner.identity(&stored.object).is_some();
        match self.inner.import(identity).ok().filter(identifies) {
            Some(stored) => Ok(self.found(stored, Diagnostics::new())),
            None => {
                let (attribute, description) = R::IDENTITY
                    .map(|identity| (identity.attribute, identity.description))
                    .unwrap_or_default();
                Err(texts::not_an_identity(R::TYPE_NAME, attribute, description))
            }
        }
    }
}

/// What was kept beside an object.
fn private_of<R: Resource>(bytes: &[u8]) -> R::Private {
    serde_json::from_slice(bytes).unwrap_or_default()
}

fn private_bytes<R: Resource>(private: &R::Private) -> Bytes {
    serde_json::to_vec(private).unwrap_or_default().into()
}
