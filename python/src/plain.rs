//! Plain data as Python objects: a serializer that makes dict, list, str, int, float, bool and None.

use std::fmt;

use pyo3::BoundObject;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use serde::ser::{self, Serialize};

use crate::shape::Shape;

/// Plain data with a shape that has a name in `certgate.types`.
pub(crate) struct Plain<T>(pub(crate) T);

impl<'py, T: Shape> IntoPyObject<'py> for Plain<T> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: pyo3::inspect::PyStaticExpr = T::HINT;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.0)
    }
}

/// A list of plain data.
pub(crate) fn plain_list<T>(views: Vec<T>) -> Vec<Plain<T>> {
    views.into_iter().map(Plain).collect()
}

/// Serialises a value into Python objects; maps keep the order of serde.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    value.serialize(Serializer { py }).map_err(|Fault(error)| error)
}

/// An exception of Python on its way through serde.
#[derive(Debug)]
pub(crate) struct Fault(PyErr);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Fault {}

impl ser::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(PyValueError::new_err(message.to_string()))
    }
}

impl From<PyErr> for Fault {
    fn from(error: PyErr) -> Self {
        Self(error)
    }
}

type Made<'py> = Result<Bound<'py, PyAny>, Fault>;

/// What views do not hold: tuples, and variants with fields.
type Foreign<'py> = ser::Impossible<Bound<'py, PyAny>, Fault>;

fn foreign() -> Fault {
    ser::Error::custom("a view holds no tuples, and no variants with fields")
}

/// Makes one object.
#[derive(Clone, Copy)]
struct Serializer<'py> {
    py: Python<'py>,
}

impl<'py> Serializer<'py> {
    fn object<T>(self, value: T) -> Made<'py>
    where
        T: IntoPyObject<'py>,
    {
        let object = value.into_pyobject(self.py).map_err(|error| Fault(error.into()))?;
        Ok(object.into_any().into_bound())
    }
}

/// Forwards the plain cases to the conversion that pyo3 has.
macro_rules! scalars {
    ($($method:ident: $kind:ty),* $(,)?) => {
        $(fn $method(self, value: $kind) -> Made<'py> {
            self.object(value)
        })*
    };
}

impl<'py> ser::Serializer for Serializer<'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Fault;
    type SerializeSeq = List<'py>;
    type SerializeTuple = Foreign<'py>;
    type SerializeTupleStruct = Foreign<'py>;
    type SerializeTupleVariant = Foreign<'py>;
    type SerializeMap = Dict<'py>;
    type SerializeStruct = Dict<'py>;
    type SerializeStructVariant = Foreign<'py>;

    scalars!(
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_f32: f32,
        serialize_f64: f64,
        serialize_char: char,
        serialize_str: &str,
        serialize_bytes: &[u8],
    );

    fn serialize_none(self) -> Made<'py> {
        Ok(self.py.None().into_bound(self.py))
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Made<'py> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Made<'py> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Made<'py> {
        self.serialize_none()
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Made<'py> {
        self.object(variant)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _name: &'static str, value: &T) -> Made<'py> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Made<'py> {
        let dict = PyDict::new(self.py);
        dict.set_item(variant, value.serialize(self)?)?;
        Ok(dict.into_any())
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<List<'py>, Fault> {
        Ok(List { serializer: self, items: Vec::with_capacity(length.unwrap_or_default()) })
    }

    fn serialize_tuple(self, _length: usize) -> Result<Self::SerializeTuple, Fault> {
        Err(foreign())
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleStruct, Fault> {
        Err(foreign())
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleVariant, Fault> {
        Err(foreign())
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Dict<'py>, Fault> {
        Ok(Dict { serializer: self, dict: PyDict::new(self.py), key: None })
    }

    fn serialize_struct(self, _name: &'static str, length: usize) -> Result<Dict<'py>, Fault> {
        self.serialize_map(Some(length))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeStructVariant, Fault> {
        Err(foreign())
    }
}

/// A list in the making.
pub(crate) struct List<'py> {
    serializer: Serializer<'py>,
    items: Vec<Bound<'py, PyAny>>,
}

impl<'py> ser::SerializeSeq for List<'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Fault;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Fault> {
        self.items.push(value.serialize(self.serializer)?);
        Ok(())
    }

    fn end(self) -> Made<'py> {
        Ok(PyList::new(self.serializer.py, self.items)?.into_any())
    }
}

/// A dict in the making.
pub(crate) struct Dict<'py> {
    serializer: Serializer<'py>,
    dict: Bound<'py, PyDict>,
    key: Option<Bound<'py, PyAny>>,
}

impl<'py> ser::SerializeMap for Dict<'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Fault;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<(), Fault> {
        self.key = Some(key.serialize(self.serializer)?);
        Ok(())
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Fault> {
        let key =
            self.key.take().ok_or_else(|| <Fault as ser::Error>::custom("a value came before its key"))?;
        Ok(self.dict.set_item(key, value.serialize(self.serializer)?)?)
    }

    fn end(self) -> Made<'py> {
        Ok(self.dict.into_any())
    }
}

impl<'py> ser::SerializeStruct for Dict<'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Fault;

    fn serialize_field<T: ?Sized + Serialize>(&mut self, key: &'static str, value: &T) -> Result<(), Fault> {
        let value = value.serialize(self.serializer)?;
        // The names of fields are few and come often.
        Ok(self.dict.set_item(PyString::intern(self.serializer.py, key), value)?)
    }

    fn end(self) -> Made<'py> {
        Ok(self.dict.into_any())
    }
}
