using Nabla.Formats;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Models;

/// <summary>A model as the server sees it, whatever file it came from.</summary>
internal interface IServedModel
{
    /// <summary>What kind of model it is, as the protocol's metadata says.</summary>
    string Platform { get; }

    /// <summary>What goes in, in order.</summary>
    IReadOnlyList<TensorSpec> Inputs { get; }

    /// <summary>What comes out, in order.</summary>
    IReadOnlyList<TensorSpec> Outputs { get; }

    /// <summary>Whether the first dimension of all inputs and outputs is a batch of any size.</summary>
    bool Batches { get; }

    /// <summary>The bytes of its weights.</summary>
    long WeightBytes { get; }

    /// <summary>What the model folder says beside the network; null where there is none.</summary>
    SavedModel? Saved { get; }

    /// <summary>A copy of the computation with memory of its own, which shares the weights: one thread computes with it at a time.</summary>
    IModelRunner CreateRunner();
}

/// <summary>Computes answers for one thread at a time.</summary>
internal interface IModelRunner
{
    /// <summary>The bytes that it computes in.</summary>
    long ArenaBytes { get; }

    /// <summary>The outputs for inputs in the order of the model.</summary>
    Tensor[] Run(params ReadOnlySpan<Tensor> inputs);
}
