using Nabla.Layers;

namespace Nabla.Keras.Writing;

/// <summary>A Keras layer in its place in the graph of a network.</summary>
/// <param name="Class">Its class with its options.</param>
/// <param name="Name">Its name, unique within the model.</param>
/// <param name="Sources">The layers whose outputs it takes, by their numbers from 1; 0 is the input.</param>
/// <param name="Origin">Nabla's layer that it comes from; null for a join.</param>
/// <param name="Weighted">Whether it has the weights of that layer.</param>
/// <param name="Sample">The shape of one output, without the batch.</param>
internal sealed record KerasOutput(KerasClass Class, string Name, IReadOnlyList<int> Sources, Layer? Origin, bool Weighted, Shape Sample)
{
    /// <summary>Whether it is attention, which Keras calls on a sequence twice.</summary>
    public bool Attends => Origin is MultiHeadAttention;
}
