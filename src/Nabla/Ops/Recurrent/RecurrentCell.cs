namespace Nabla.Ops.Recurrent;

/// <summary>What a recurrent network computes in a step, from its projected input and its last state.</summary>
internal enum RecurrentCell
{
    /// <summary><c>tanh(x + h U + b)</c> (Elman, Finding Structure in Time, 1990).</summary>
    Tanh,

    /// <summary><c>relu(x + h U + b)</c>.</summary>
    Relu,

    /// <summary>
    /// Long short-term memory (Hochreiter and Schmidhuber, 1997; Gers et al., 2000), gates in the order input, forget, candidate, output:
    /// <c>c' = f c + i g</c>, <c>h' = o tanh(c')</c>.
    /// </summary>
    Lstm,

    /// <summary>
    /// Gated recurrent unit (Cho et al., 2014) with the reset gate behind the product, gates in the order reset, update, candidate:
    /// <c>n = tanh(x + r (h U + b))</c>, <c>h' = (1 - z) n + z h</c>.
    /// </summary>
    Gru,
}

/// <summary>Sizes that follow from the cell.</summary>
internal static class RecurrentCells
{
    /// <summary>How many gates of one number a unit are computed.</summary>
    public static int Gates(this RecurrentCell cell) => cell switch
    {
        RecurrentCell.Lstm => 4,
        RecurrentCell.Gru => 3,
        _ => 1,
    };

    /// <summary>Whether the forward pass keeps gates and a second sequence for the backward pass.</summary>
    public static bool KeepsGates(this RecurrentCell cell) => cell is RecurrentCell.Lstm or RecurrentCell.Gru;
}
