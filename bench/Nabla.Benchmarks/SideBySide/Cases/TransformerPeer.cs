using Nabla.Layers;
using Nabla.Peers;
using TorchSharp;
using TorchSharp.Modules;
using TorchModule = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>
/// Nabla's Transformer encoder by libtorch, with the same weights, ending with logits. Its own attention, which keeps no scores, is asked for, and
/// what can be changed in place is: that is faster than its module <c>TransformerEncoder</c>.
/// </summary>
internal sealed class TransformerPeer : TorchModule
{
    private readonly TorchSharp.Modules.Embedding embedding;
    private readonly TorchSharp.Modules.Parameter positions;
    private readonly TorchSharp.Modules.Dropout dropout;
    private readonly TorchSharp.Modules.Sequential blocks;
    private readonly Linear head;

    public TransformerPeer(Nabla.Layers.Sequential network, double dropout)
        : base(nameof(TransformerPeer))
    {
        IReadOnlyList<Layer> layers = network.Layers;
        embedding = torch.nn.Embedding(TransformerNetwork.Vocabulary, TransformerNetwork.Size);
        embedding.weight = new TorchSharp.Modules.Parameter(layers[0].Value("embeddings").ToTorch());
        positions = new TorchSharp.Modules.Parameter(layers[1].Value("positions").ToTorch());
        this.dropout = torch.nn.Dropout(dropout);
        blocks = torch.nn.Sequential(layers.OfType<EncoderBlock>().Select(block => (TorchModule)new EncoderBlockPeer(block, dropout)));
        head = PeerLayers.Dense(layers[^1]);
        RegisterComponents();
    }

    public override torch.Tensor forward(torch.Tensor input)
    {
        torch.Tensor x = dropout.forward(embedding.forward(input) + positions);
        return head.forward(blocks.forward(x).mean([1L]));
    }
}

/// <summary>A block of libtorch's.</summary>
internal sealed class EncoderBlockPeer : TorchModule
{
    private readonly Linear query;
    private readonly Linear key;
    private readonly Linear value;
    private readonly Linear output;
    private readonly Linear expand;
    private readonly Linear contract;
    private readonly TorchSharp.Modules.LayerNorm attentionNorm;
    private readonly TorchSharp.Modules.LayerNorm feedForwardNorm;
    private readonly TorchSharp.Modules.Dropout dropout;

    public EncoderBlockPeer(EncoderBlock block, double dropout)
        : base(nameof(EncoderBlockPeer))
    {
        query = PeerLayers.Dense(block.Children["query"]);
        key = PeerLayers.Dense(block.Children["key"]);
        value = PeerLayers.Dense(block.Children["value"]);
        output = PeerLayers.Dense(block.Children["output"]);
        expand = PeerLayers.Dense(block.Children["expand"]);
        contract = PeerLayers.Dense(block.Children["contract"]);
        attentionNorm = torch.nn.LayerNorm(TransformerNetwork.Size);
        feedForwardNorm = torch.nn.LayerNorm(TransformerNetwork.Size);
        this.dropout = torch.nn.Dropout(dropout);
        RegisterComponents();
    }

    public override torch.Tensor forward(torch.Tensor input)
    {
        torch.Tensor attended = torch.nn.functional.scaled_dot_product_attention(Split(query, input), Split(key, input), Split(value, input));
        torch.Tensor x = attentionNorm.forward(input + dropout.forward(output.forward(attended.transpose(1, 2).reshape(input.shape))));
        torch.Tensor hidden = dropout.forward(torch.nn.functional.gelu(expand.forward(x)));
        return feedForwardNorm.forward(x + dropout.forward(contract.forward(hidden)));
    }

    private static torch.Tensor Split(Linear layer, torch.Tensor x) =>
        layer.forward(x).view(x.shape[0], x.shape[1], TransformerNetwork.Heads, -1).transpose(1, 2);
}
