namespace Nabla.Layers;

/// <summary>How the outputs of both directions become one.</summary>
public enum BidirectionalMerge
{
    /// <summary>One after the other on the last axis, which becomes twice as long.</summary>
    Concatenate,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their mean.</summary>
    Average,

    /// <summary>Their product.</summary>
    Multiply,
}
