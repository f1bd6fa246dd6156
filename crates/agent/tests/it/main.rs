//! The scripted agent, spoken with.

mod asides;
mod booking;
mod business;
mod changing;
mod desk;
mod facts;
mod hearing;
mod hostile;
mod lines;
mod model;
mod outlook;
mod pace;
mod salad;
mod siege;
mod standby;
mod strain;
mod talking;
mod world;
