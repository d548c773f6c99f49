using Nabla.Peers;
using TorchSharp;
using TorchSharp.Modules;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>The network of <see cref="LstmCase"/> in libtorch, with the weights of ours, ending with logits.</summary>
internal sealed class LstmPeer : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly bool batchFirst;
    private readonly TorchSharp.Modules.Embedding embedding;
    private readonly LSTM memory;
    private readonly Linear head;

    /// <summary>A network with copies of the weights.</summary>
    /// <param name="network">Ours: vectors of tokens, the memory, classes.</param>
    /// <param name="batchFirst">Whether sequences lie one after the other in memory, or steps.</param>
    public LstmPeer(Nabla.Layers.Sequential network, bool batchFirst)
        : base(nameof(LstmPeer))
    {
        this.batchFirst = batchFirst;
        torch.Tensor table = network.Layers[0].Value("embeddings").ToTorch(), kernel = network.Layers[1].Value("kernel").ToTorch();
        embedding = torch.nn.Embedding(table.shape[0], table.shape[1]);
        embedding.weight = new TorchSharp.Modules.Parameter(table);
        memory = torch.nn.LSTM(kernel.shape[0], kernel.shape[1] / 4, batchFirst: batchFirst);
        using (torch.no_grad())
        {
            Dictionary<string, TorchSharp.Modules.Parameter> parameters = memory.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
            parameters["weight_ih_l0"].copy_(kernel.t());
            parameters["weight_hh_l0"].copy_(network.Layers[1].Value("recurrentKernel").ToTorch().t());
            parameters["bias_ih_l0"].copy_(network.Layers[1].Value("bias").ToTorch());

            // A second bias for the same sums, which ours does not have.
            parameters["bias_hh_l0"].zero_();
            parameters["bias_hh_l0"].requires_grad = false;
        }

        head = PeerLayers.Dense(network.Layers[2]);
        RegisterComponents();
    }

    /// <summary>Tokens as libtorch takes them.</summary>
    public static torch.Tensor Tokens(Tensor tokens) => tokens.ToTorch().to(torch.int64);

    /// <inheritdoc/>
    public override torch.Tensor forward(torch.Tensor input)
    {
        torch.Tensor states = memory.call(embedding.call(batchFirst ? input : input.t())).Item1;
        return head.call(states.select(batchFirst ? 1 : 0, -1));
    }
}
