//! The widgets that can have the focus, in the order in which they are drawn, with the pane and the group that they are in.

use super::{Area, PaneId, What};
use egui::{Context, Id, LayerId, Order, WidgetRects};

/// Which of the two frames that egui knows: the one before, or the one that is drawn, once it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Before,
    This,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub id: Id,
    /// In `areas`: the innermost pane and group.
    pub pane: Option<usize>,
    pub group: Option<usize>,
    /// Nothing of it is scrolled out of sight.
    pub in_sight: bool,
}

impl Place {
    fn rank(&self, areas: &[Area]) -> PaneId {
        match self.pane.and_then(|at| areas.get(at)).map(|area| area.what) {
            Some(What::Pane(pane)) => pane,
            _ => PaneId::Main,
        }
    }
}

/// Where the focus can go now: behind a dialog nowhere, and never to `edges`, though the tool kit would let it.
pub(super) fn places(ctx: &Context, frame: Frame, areas: &[Area], edges: &[Id]) -> Vec<Place> {
    let mut layers: Vec<LayerId> = vec![LayerId::background()];
    ctx.memory(|memory| {
        layers.extend(memory.layer_ids().filter(|layer| *layer != LayerId::background()));
        layers.retain(|layer| memory.allows_interaction(*layer) && layer.order < Order::Tooltip);
    });
    let read = |widgets: &WidgetRects| {
        let mut places: Vec<Place> = Vec::new();
        for layer in &layers {
            let mut list = in_layer(widgets, *layer, areas, edges);
            // Panels are drawn from the outside to the inside, and read in the order of the panes.
            list.sort_by_key(|place| place.rank(areas));
            places.append(&mut list);
        }
        places
    };
    ctx.viewport(|viewport| match frame {
        Frame::Before => read(&viewport.prev_pass.widgets),
        Frame::This => read(&viewport.this_pass.widgets),
    })
}

fn in_layer(widgets: &WidgetRects, layer: LayerId, areas: &[Area], edges: &[Id]) -> Vec<Place> {
    let focusable = |(at, widget): (usize, &egui::WidgetRect)| {
        let is_usable = widget.enabled && widget.visible && widget.sense.is_focusable() && widget.rect.is_positive();
        if !is_usable || edges.contains(&widget.id) {
            return None;
        }
        let innermost = |is: fn(&What) -> bool| {
            let holds = |area: &Area| area.layer == layer && (area.from..area.to).contains(&at) && is(&area.what);
            let around = areas.iter().enumerate().filter(|(_, area)| holds(area));
            around.min_by_key(|(_, area)| area.to - area.from).map(|(at, _)| at)
        };
        Some(Place {
            id: widget.id,
            pane: innermost(|what| matches!(what, What::Pane(_))),
            group: innermost(|what| matches!(what, What::Group(..))),
            in_sight: widget.interact_rect.expand(1.0).contains_rect(widget.rect),
        })
    };
    widgets.get_layer(layer).enumerate().filter_map(focusable).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{drawn, sized_ui};
    use super::*;
    use egui::{Panel, RawInput, Sense, vec2};

    #[test]
    fn tab_passes_over_the_edge_of_a_panel_and_not_over_what_is_as_thick() {
        let (ctx, mut thin) = (Context::default(), None);
        let mut output = ctx.run_ui(RawInput::default(), |ui| {
            let edge = 2.0 * ui.style().interaction.resize_grab_radius_side;
            sized_ui(ui, Panel::left("side"), |ui| {
                thin = Some(ui.allocate_exact_size(vec2(edge, 40.0), Sense::click_and_drag()).1.id);
            });
        });
        output.textures_delta.clear();
        let edges = drawn(&ctx, |drawn| drawn.edges.clone());
        let stops =
            |edges: &[Id]| places(&ctx, Frame::Before, &[], edges).iter().map(|place| place.id).collect::<Vec<_>>();
        assert_eq!((edges.len(), stops(&[]).len()), (1, 2));
        assert_eq!(stops(&edges), [thin.unwrap()]);
    }
}
