namespace Nabla.Tests.Golden;

public sealed class GoldenIndexingTests
{
    private static readonly GoldenCases Cases = new("indexing")
    {
        ["transpose 1 2 0"] = x => x[0].Transpose(1, 2, 0),
        ["slice"] = x => x[0].Slice(1, 1, 3),
        ["pad"] = x => x[0].Pad(0, 1, 2),
        ["concatenate"] = x => ShapeOps.Concatenate(1, x[0], x[1], x[2]),
        ["stack"] = x => ShapeOps.Stack(1, x[0], x[1]),
        ["second of a split"] = x => x[0].Split(1, 3)[1],
        ["flip"] = x => x[0].Flip(0, 2),
        ["roll"] = x => x[0].Roll(2, 1),
        ["tile"] = x => x[0].Tile(2, 3),
        ["lower triangle"] = x => x[0].LowerTriangle(1),
        ["upper triangle"] = x => x[0].UpperTriangle(-1),
        ["cumulative sum"] = x => x[0].CumulativeSum(1),
        ["broadcast"] = x => x[0].BroadcastTo([2, 3, 4]),
        ["gather rows"] = x => x[0].Gather(0, x[1]),
        ["gather along the middle"] = x => x[0].Gather(1, x[1]),
        ["gather by a matrix"] = x => x[0].Gather(0, x[1]),
        ["take along axis 1"] = x => x[0].TakeAlongAxis(x[1], 1),
        ["take along axis 0"] = x => x[0].TakeAlongAxis(x[1], 0),
        ["scatter-add rows"] = x => x[0].ScatterAdd(0, x[1], x[2]),
        ["one-hot"] = x => x[0].OneHot(5),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Moving_elements_gives_what_libtorch_gave(string name) => Cases.Verify(name);

    [Fact]
    public void Each_move_has_its_golden_case() => Cases.VerifyComplete();
}
