//! The scripted agent, spoken with.

mod asides;
mod booking;
mod business;
mod changing;
mod desk;
mod facts;
mod hearing;
mod lines;
mod pace;
mod salad;
mod siege;
mod world;
