namespace Nabla.Text;

/// <summary>
/// A model that reads several texts (rows) side by side, token by token, and says what may come next. It remembers what it has read; a new one begins
/// with a row that is empty.
/// </summary>
public interface IStepFunction
{
    /// <summary>Reads on in each row.</summary>
    /// <param name="tokens">What follows what was read before, int32 <c>[rows, count]</c>.</param>
    /// <returns>Logits, or logarithms of probabilities, of the token behind the last one, float32 <c>[rows, vocabulary]</c>.</returns>
    Tensor Step(Tensor tokens);

    /// <summary>Goes on with some of the rows.</summary>
    /// <param name="rows">Which rows, in the new order; a row may come several times.</param>
    void Select(IReadOnlyList<int> rows);
}
