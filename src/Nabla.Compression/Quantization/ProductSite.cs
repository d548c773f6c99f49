using Nabla.Ops;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Products;

namespace Nabla.Compression;

/// <summary>A product or convolution of a graph with weights that are known, so that both sides can be integers.</summary>
/// <param name="index">The number of its node.</param>
/// <param name="name">The dotted name of the weights.</param>
/// <param name="op">What it computes.</param>
/// <param name="input">The activation that it reads, without a change of shape.</param>
/// <param name="added">What a shortcut adds; null for none.</param>
internal sealed class ProductSite(int index, string name, Op op, ValuePlace input, ValuePlace? added)
{
    /// <summary>The number of its node.</summary>
    public int Index => index;

    /// <summary>The dotted name of the weights.</summary>
    public string Name => name;

    /// <summary>What it computes.</summary>
    public Op Op => op;

    /// <summary>The activation that it reads, without a change of shape.</summary>
    public ValuePlace Input => input;

    /// <summary>What a shortcut adds; null for none.</summary>
    public ValuePlace? Added => added;

    /// <summary>The weights: those of the network, with normalisations folded in.</summary>
    public required Tensor Weights { get; set; }

    /// <summary>The bias; null for none.</summary>
    public Tensor? Bias { get; set; }

    /// <summary>The axis of the outputs among those of the weights.</summary>
    public int OutputAxis => Op is MatMul { TransposeRight: true } ? 0 : Weights.Rank - 1;

    /// <summary>The axis of the inputs among those of the weights.</summary>
    public int InputAxis => Op is MatMul { TransposeRight: true } ? 1 : Weights.Rank - 2;

    /// <summary>The outputs.</summary>
    public int Outputs => Weights.Shape[OutputAxis];

    /// <summary>The dotted name of the bias.</summary>
    public string BiasName => $"{Name[..(Name.LastIndexOf('.') + 1)]}bias";

    /// <summary>The convolution; null for a product of matrices.</summary>
    public Convolution? Convolution => Op switch
    {
        Convolution convolution => convolution,
        PooledConvolution pooled => pooled.Convolution,
        _ => null,
    };

    /// <summary>What it gives for weights and a bias in the place of its own.</summary>
    public Tensor[] Apply(Tensor x, Tensor weights, Tensor? bias, Tensor? added)
    {
        if (Op is MatMul product && bias is not null)
        {
            return product.TransposeRight || x.Rank != 2
                ? [product.ApplyOne(x, weights) + bias]
                : new DenseProduct(Rectifies: false).Apply(x, weights, bias);
        }

        return Op.Apply([x, weights, .. bias is null ? Array.Empty<Tensor>() : [bias], .. added is null ? Array.Empty<Tensor>() : [added]]);
    }

    /// <summary>The sums for weights in the place of its own, without bias, shortcut, rectifier and pooling.</summary>
    public Tensor Sums(Tensor x, Tensor weights) => Convolution is { } convolution
        ? convolution.Linear.ApplyOne(x, weights)
        : (Op as MatMul ?? new MatMul()).ApplyOne(x, weights);
}
