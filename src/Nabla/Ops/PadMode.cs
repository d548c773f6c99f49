namespace Nabla;

/// <summary>What stands beyond the edges of a tensor.</summary>
public enum PadMode
{
    /// <summary>One value.</summary>
    Constant,

    /// <summary>The elements mirrored at the outermost one, which is not repeated: <c>c b | a b c | b a</c>.</summary>
    Reflect,

    /// <summary>The outermost element again and again: <c>a a | a b c | c c</c>.</summary>
    Edge,
}
