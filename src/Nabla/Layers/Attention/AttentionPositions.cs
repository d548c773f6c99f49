namespace Nabla.Layers;

/// <summary>How attention itself knows the order of a sequence.</summary>
public enum AttentionPositions
{
    /// <summary>Not at all: the inputs say it, or nothing does.</summary>
    None,

    /// <summary>Queries and keys are turned by angles that grow along the sequence, see <see cref="RotaryOps.Rotary"/>.</summary>
    Rotary,

    /// <summary>Scores fall with the distance of query and key (Press et al., Train Short, Test Long, 2022, arXiv 2108.12409).</summary>
    Alibi,
}
