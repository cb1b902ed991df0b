//! Small components that every page uses.

pub mod alive;
pub mod amount;
pub mod appearance;
pub mod code;
pub mod confirm;
pub mod day;
pub mod failure;
pub mod field;
pub mod form;
pub mod icon;
pub mod layout;
pub mod live;
pub mod load;
pub mod money;
pub mod movement;
pub mod note;
pub mod person;
pub mod row;
pub mod seal;
pub mod steps;
pub mod time;
