//! Rows of a table by their numbers.

use std::sync::Arc;

use burn::tensor::{Int, Tensor, TensorData};

use super::{
    host::{Array, Kernel, apply, is_host},
    math::add,
};

/// Row `ids[i]` of the table for each i.
///
/// # Shapes
/// - table: `[v, c]`
/// - ids: n numbers below v
/// - output: `[n, c]`
pub fn embedding(table: Tensor<2>, ids: &[u32]) -> Tensor<2> {
    if is_host(&table) {
        return apply(Embedding(ids.into()), vec![table.into_dispatch()]);
    }
    let data: Vec<i32> = ids.iter().map(|&id| id as i32).collect();
    let data = TensorData::new(data, [ids.len()]);
    // Indices are no part of what is differentiated.
    let ids = Tensor::<1, Int>::from_data(data, &table.device());
    table.select(0, ids)
}

#[derive(Debug)]
struct Embedding(Arc<[u32]>);

impl Kernel for Embedding {
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let table = &inputs[0];
        let c = table.dims()[1];
        let mut out = Vec::with_capacity(self.0.len() * c);
        for &id in self.0.iter() {
            let at = id as usize * c;
            out.extend_from_slice(&table.values()[at..at + c]);
        }
        let out = Array::new(out, &[self.0.len(), c]);
        (out, if training { inputs } else { Vec::new() })
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, _: &[bool]) -> Vec<Option<Array>> {
        let table = &kept[0];
        let c = table.dims()[1];
        let mut out = vec![0f32; table.values().len()];
        for (&id, row) in self.0.iter().zip(grad.values().chunks_exact(c.max(1))) {
            add(&mut out[id as usize * c..(id as usize + 1) * c], row);
        }
        vec![Some(Array::new(out, table.dims()))]
    }
}
