//! Between a typed [`Resource`] and the values of the wire.

use std::sync::Arc;

use bytes::Bytes;

use crate::terraform::consistency::known_whole;
use crate::terraform::diagnostics::{Diagnostic, Diagnostics};
use crate::terraform::identity::Identity;
use crate::terraform::path::AttributePath;
use crate::terraform::schema::Schema;
use crate::terraform::schema::{AttrType, Model};
use crate::terraform::texts;
use crate::terraform::value::Value;
use crate::wait::{BoxFuture, Waits};

use super::settle::{known, settle};
use super::{Call, Creation, Failure, Plan, Reading, Resource, Stored, Update, Updated};

/// A [`Resource`] without its types. Made by [`erase`].
pub trait AnyResource: Send + Sync {
    /// The type's full name.
    fn type_name(&self) -> &'static str;
    /// The schema of its objects.
    fn schema(&self) -> &Schema;
    /// Brings the JSON of an object that version `from` stored to the current version.
    ///
    /// # Errors
    ///
    /// When that cannot be done.
    fn upgrade(&self, from: i64, stored: Vec<u8>) -> Result<Vec<u8>, Diagnostic>;
    /// Notes that Terraform's state holds this object.
    fn note_in_state<'a>(&'a self, object: &Value) -> BoxFuture<'a, ()>;
    /// Prepares for a plan.
    fn prepare_plan(&self, waits: Waits) -> BoxFuture<'_, ()>;
    /// What identifies its objects, if anything does.
    fn identity_schema(&self) -> Option<Identity>;
    /// The identity of an object, if it has one already.
    fn identity(&self, object: &Value) -> Option<String>;
    /// Checks a configuration. Where `write_only_allowed` is false, Terraform would store what is
    /// write-only.
    fn validate(&self, config: Value, write_only_allowed: bool) -> Diagnostics;
    /// Plans a change.
    fn plan(&self, request: PlanRequest) -> Planning;
    /// Carries out a plan.
    fn apply(&self, request: ApplyRequest, waits: Waits) -> BoxFuture<'_, Applied>;
    /// Reads an object anew.
    fn read(&self, request: ReadRequest, waits: Waits) -> BoxFuture<'_, ReadResult>;
    /// Turns an import id into an object, with what is kept beside it.
    ///
    /// # Errors
    ///
    /// When the id does not have a form the resource can be imported by.
    fn import(&self, id: &str) -> Result<(Value, Bytes), Diagnostic>;
    /// Turns an identity into an object, with what is kept beside it.
    ///
    /// # Errors
    ///
    /// When no object can have that identity.
    fn import_identity(&self, identity: &str) -> Result<(Value, Bytes), Diagnostic>;
}

/// What there is to plan. Null means: no such object.
#[derive(Debug)]
pub struct PlanRequest {
    pub(crate) prior: Value,
    pub(crate) config: Value,
    pub(crate) proposed: Value,
    pub(crate) private: Bytes,
}

/// A plan, or why there is none.
#[derive(Debug)]
pub struct Planning {
    pub(crate) planned: Value,
    pub(crate) private: Bytes,
    pub(crate) requires_replace: Vec<AttributePath>,
    pub(crate) diagnostics: Diagnostics,
}

/// What there is to carry out. Null means: no such object.
#[derive(Debug)]
pub struct ApplyRequest {
    pub(crate) prior: Value,
    pub(crate) planned: Value,
    pub(crate) config: Value,
    pub(crate) private: Bytes,
}

/// What is there after a plan was carried out; null if nothing is, or if nothing changed.
#[derive(Debug)]
pub struct Applied {
    pub(crate) object: Value,
    pub(crate) private: Bytes,
    pub(crate) diagnostics: Diagnostics,
}

/// An object to read anew.
#[derive(Debug)]
pub struct ReadRequest {
    pub(crate) current: Value,
    pub(crate) private: Bytes,
}

/// What a read found.
#[derive(Debug)]
pub struct ReadResult {
    /// The object; null if it is no more.
    pub(crate) object: Value,
    pub(crate) private: Bytes,
    pub(crate) diagnostics: Diagnostics,
    /// The provider's configuration is not known yet.
    pub(crate) not_configured: bool,
}

/// Hides the types of a resource.
#[must_use]
pub fn erase<R: Resource>(resource: R) -> Box<dyn AnyResource> {
    Box::new(Erased {
        schema: Schema::new(R::VERSION, R::Object::block()),
        resource: Arc::new(resource),
    })
}

struct Erased<R> {
    schema: Schema,
    resource: Arc<R>,
}

impl<R: Resource> Erased<R> {
    fn object(&self, value: Value, what: &str) -> Result<R::Object, Diagnostic> {
        R::Object::from_value(value)
            .map_err(|error| texts::unreadable(what, R::TYPE_NAME, &error.path, &error))
    }

    /// The object as it may be stored: without what is write-only.
    fn stored(&self, object: Value) -> Value {
        self.schema.block().without_write_only(object)
    }

    /// What the user wrote, for the operation that carries it out; all null where Terraform does
    /// not tell, as when an object ends.
    fn call(&self, config: Value, waits: Waits) -> Result<Call<R>, Diagnostic> {
        Ok(match config {
            Value::Null => Call::new(waits),
            config => {
                known_whole(&config, R::TYPE_NAME)?;
                Call::with_config(waits, self.object(config, "configuration")?)
            }
        })
    }

    /// The configuration with every attribute that the provider sets, and the user did not,
    /// still unknown, and without what is write-only.
    fn proposed(&self, config: Value) -> Value {
        self.schema
            .block()
            .with_computed_unknown(self.stored(config))
    }

    fn try_plan(&self, request: PlanRequest) -> Result<Planning, Diagnostic> {
        let mut diagnostics = Diagnostics::new();
        if request.proposed.is_null() {
            self.resource.plan_destroy(
                &self.object(request.prior, "prior object")?,
                &mut diagnostics,
            );
            return Ok(Planning {
                planned: Value::Null,
                private: request.private,
                requires_replace: Vec::new(),
                diagnostics,
            });
        }
        // What was unknown while validating may be known now.
        self.schema
            .block()
            .validate(&request.config, &mut diagnostics);
        if diagnostics.has_errors() {
            return Ok(Planning::refused(diagnostics));
        }
        let config = self.object(request.config.clone(), "configuration")?;
        let plan = if request.prior.is_null() {
            let creation = Creation {
                config,
                proposed: self.object(self.proposed(request.config), "configuration")?,
                replaced: (!request.private.is_empty()).then(|| private::<R>(&request.private)),
            };
            self.resource.plan_create(creation, &mut diagnostics)
        } else {
            let update = Update {
                prior: self.object(request.prior, "prior object")?,
                config,
                proposed: self.object(self.stored(request.proposed), "proposed object")?,
                private: private::<R>(&request.private),
            };
            self.resource.plan_update(update, &mut diagnostics)
        };
        let Plan {
            object,
            private,
            requires_replace,
        } = plan;
        Ok(Planning {
            planned: self.stored(object.into_value()),
            private: private_bytes::<R>(&private),
            requires_replace: requires_replace
                .into_iter()
                .map(|name| AttributePath::root().attribute(name))
                .collect(),
            diagnostics,
        })
    }

    async fn create(&self, request: ApplyRequest, waits: Waits) -> Result<Applied, Diagnostic> {
        let planned = request.planned;
        let stored = Stored {
            object: self.object(planned.clone(), "planned object")?,
            private: private::<R>(&request.private),
        };
        let call = self.call(request.config, waits)?;
        // In a task of its own, so that a panic ends there and what was kept is still stored.
        let made = tokio::spawn({
            let (resource, call) = (Arc::clone(&self.resource), call.clone());
            async move { resource.create(stored, &call).await }
        })
        .await;
        let mut diagnostics = call.warnings();
        let stored = match (made, call.kept()) {
            (Ok(Ok(stored)), _) => stored,
            (Ok(Err(failure)), _) => {
                diagnostics.push(failure.into_diagnostic());
                return Ok(Applied::nothing(diagnostics));
            }
            (Err(_), Some(kept)) => {
                diagnostics.push(texts::panicked_late(R::TYPE_NAME));
                kept
            }
            (Err(_), None) => {
                diagnostics.push(texts::panicked("creating", R::TYPE_NAME));
                return Ok(Applied::nothing(diagnostics));
            }
        };
        Ok(Applied {
            object: settle(&planned, stored.object.into_value(), self.schema.ty()),
            private: private_bytes::<R>(&stored.private),
            diagnostics,
        })
    }

    async fn update(&self, request: ApplyRequest, waits: Waits) -> Result<Applied, Diagnostic> {
        let prior = self.object(request.prior, "prior object")?;
        let planned = Stored {
            object: self.object(request.planned.clone(), "planned object")?,
            private: private::<R>(&request.private),
        };
        let call = self.call(request.config, waits)?;
        let updated = self.resource.update(prior, planned, &call).await;
        let mut diagnostics = call.warnings();
        Ok(match updated {
            Updated::Done(stored) => Applied {
                object: settle(
                    &request.planned,
                    stored.object.into_value(),
                    self.schema.ty(),
                ),
                private: private_bytes::<R>(&stored.private),
                diagnostics,
            },
            Updated::Partly(stored, diagnostic) => {
                diagnostics.push(diagnostic);
                Applied {
                    object: self.stored(known(stored.object.into_value())),
                    private: private_bytes::<R>(&stored.private),
                    diagnostics,
                }
            }
            Updated::Not(failure) => {
                diagnostics.push(failure.into_diagnostic());
                Applied::nothing(diagnostics)
            }
        })
    }

    async fn delete(&self, request: ApplyRequest, waits: Waits) -> Result<Applied, Diagnostic> {
        let prior = Stored {
            object: self.object(request.prior, "prior object")?,
            private: private::<R>(&request.private),
        };
        let call = Call::<R>::new(waits);
        let deleted = self.resource.delete(prior, &call).await;
        let mut diagnostics = call.warnings();
        if let Err(failure) = deleted {
            diagnostics.push(failure.into_diagnostic());
        }
        Ok(Applied::nothing(diagnostics))
    }

    async fn try_read(&self, request: ReadRequest, waits: Waits) -> Result<ReadResult, Diagnostic> {
        let kept = (request.current.clone(), request.private.clone());
        let current = Stored {
            object: self.object(request.current, "current object")?,
            private: private::<R>(&request.private),
        };
        let call = Call::<R>::new(waits);
        let reading = self.resource.read(current, &call).await;
        let mut diagnostics = call.warnings();
        let (object, private, not_configured) = match reading {
            Ok(Reading::Present(stored)) => (
                self.stored(known(stored.object.into_value())),
                private_bytes::<R>(&stored.private),
                false,
            ),
            Ok(Reading::Gone) => (Value::Null, Bytes::new(), false),
            Err(failure) => {
                let not_configured = matches!(failure, Failure::NotConfigured(_));
                diagnostics.push(failure.into_diagnostic());
                (kept.0, kept.1, not_configured)
            }
        };
        Ok(ReadResult {
            object,
            private,
            diagnostics,
            not_configured,
        })
    }
}

impl<R: Resource> AnyResource for Erased<R> {
    fn type_name(&self) -> &'static str {
        R::TYPE_NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

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
        let upgraded = self.resource.upgrade(from, stored)?;
        serde_json::to_vec(&upgraded).map_err(broken)
    }

    fn note_in_state<'a>(&'a self, object: &Value) -> BoxFuture<'a, ()> {
        let object = R::Object::from_value(object.clone()).ok();
        Box::pin(async move {
            if let Some(object) = object {
                self.resource.note_in_state(&object).await;
            }
        })
    }

    fn prepare_plan(&self, waits: Waits) -> BoxFuture<'_, ()> {
        Box::pin(async move { self.resource.prepare_plan(&waits).await })
    }

    fn identity_schema(&self) -> Option<Identity> {
        R::IDENTITY
    }

    fn identity(&self, object: &Value) -> Option<String> {
        let object = R::Object::from_value(object.clone()).ok()?;
        self.resource.identity(&object)
    }

    fn validate(&self, config: Value, write_only_allowed: bool) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        let block = self.schema.block();
        block.validate(&config, &mut diagnostics);
        if !write_only_allowed {
            block.refuse_write_only(&config, &mut diagnostics);
        }
        match self.object(config, "configuration") {
            Ok(config) => self.resource.validate(&config, &mut diagnostics),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
        diagnostics
    }

    fn plan(&self, request: PlanRequest) -> Planning {
        self.try_plan(request)
            .unwrap_or_else(|diagnostic| Planning::refused(diagnostic.into()))
    }

    fn apply(&self, request: ApplyRequest, waits: Waits) -> BoxFuture<'_, Applied> {
        Box::pin(async move {
            let applied = match (request.prior.is_null(), request.planned.is_null()) {
                (true, _) => self.create(request, waits).await,
                (false, true) => self.delete(request, waits).await,
                (false, false) => self.update(request, waits).await,
            };
            applied.unwrap_or_else(|diagnostic| Applied::nothing(diagnostic.into()))
        })
    }

    fn read(&self, request: ReadRequest, waits: Waits) -> BoxFuture<'_, ReadResult> {
        Box::pin(async move {
            let kept = (request.current.clone(), request.private.clone());
            self.try_read(request, waits)
                .await
                .unwrap_or_else(|diagnostic| ReadResult {
                    object: kept.0,
                    private: kept.1,
                    diagnostics: diagnostic.into(),
                    not_configured: false,
                })
        })
    }

    fn import(&self, id: &str) -> Result<(Value, Bytes), Diagnostic> {
        let stored = self.resource.import(id)?;
        Ok((
            self.stored(stored.object.into_value()),
            private_bytes::<R>(&stored.private),
        ))
    }

    fn import_identity(&self, identity: &str) -> Result<(Value, Bytes), Diagnostic> {
        // What an object can be imported by is more than what identifies one.
        let identifies = |stored: &Stored<R>| self.resource.identity(&stored.object).is_some();
        match self.resource.import(identity) {
            Ok(stored) if identifies(&stored) => self.import(identity),
            _ => {
                let (attribute, description) = R::IDENTITY
                    .map(|identity| (identity.attribute, identity.description))
                    .unwrap_or_default();
                Err(texts::not_an_identity(R::TYPE_NAME, attribute, description))
            }
        }
    }
}

impl Planning {
    /// There is no plan.
    fn refused(diagnostics: Diagnostics) -> Self {
        Self {
            planned: Value::Null,
            private: Bytes::new(),
            requires_replace: Vec::new(),
            diagnostics,
        }
    }
}

impl Applied {
    /// Nothing is there, or nothing changed: with an error, Terraform keeps what it had.
    fn nothing(diagnostics: Diagnostics) -> Self {
        Self {
            object: Value::Null,
            private: Bytes::new(),
            diagnostics,
        }
    }
}

impl Failure {
    /// What the user is told.
    #[must_use]
    pub fn into_diagnostic(self) -> Diagnostic {
        match self {
            Self::Failed(diagnostic) | Self::NotConfigured(diagnostic) => diagnostic,
        }
    }
}

/// What was kept beside an object. What cannot be read is as good as nothing: it only ever adds
/// to what the object says itself.
fn private<R: Resource>(bytes: &[u8]) -> R::Private {
    serde_json::from_slice(bytes).unwrap_or_default()
}

fn private_bytes<R: Resource>(private: &R::Private) -> Bytes {
    serde_json::to_vec(private).unwrap_or_default().into()
}
