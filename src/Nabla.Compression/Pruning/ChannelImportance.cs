namespace Nabla.Compression;

/// <summary>What says how much a channel counts; those that count least go first.</summary>
public enum ChannelImportance
{
    /// <summary>The Euclidean length of what makes the channel, relative to the mean of its layer.</summary>
    L2,

    /// <summary>
    /// The sum of the absolute values of what makes the channel, relative to the mean of its layer (Li et al., Pruning Filters for Efficient ConvNets, 2017,
    /// arXiv 1608.08710).
    /// </summary>
    L1,

    /// <summary>
    /// The scale of the batch normalisation behind the channel, relative to the mean of its layer (Liu et al., Learning Efficient Convolutional Networks through
    /// Network Slimming, 2017, arXiv 1708.06519); channels without one by <see cref="L2"/>.
    /// </summary>
    BatchNormScale,

    /// <summary>
    /// The square of what the loss would change by to first order if the channel were gone: the sum of each weight times its gradient, squared, in the mean over
    /// batches (Molchanov et al., Importance Estimation for Neural Network Pruning, 2019, arXiv 1906.10771). It needs samples.
    /// </summary>
    Taylor,
}
