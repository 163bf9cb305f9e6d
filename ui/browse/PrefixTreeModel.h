#pragma once

#include "ui/browse/StoreListings.h"

#include <QAbstractItemModel>

#include <memory>
#include <vector>

namespace packmule {

/// Buckets and their prefixes as a tree. A level is asked for when it is opened, a page at a time; a last row says that it
/// is being read, that there is more, or why it could not be read, and activating it goes on. Thread: GUI.
class PrefixTreeModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    explicit PrefixTreeModel(StoreListings &listings, QObject *parent = nullptr);
    ~PrefixTreeModel() override;

    /// nullopt for the root and for rows that only say something.
    std::optional<ObjectAddress> place(const QModelIndex &index) const;
    /// The row of the place's folder, made with all above it where they have not been listed.
    QModelIndex reveal(const ObjectAddress &place);
    /// Asks for a level that nobody has asked for yet. Not by fetchMore(): a view calls that in the midst of other changes.
    void open(const QModelIndex &index);
    /// For the rows that only say something: asks for the next page, or again.
    void goOn(const QModelIndex &index);

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

private:
    struct Node {
        enum class Kind { Root, Place, Note };
        Kind kind = Kind::Root;
        ObjectAddress place;
        Node *parent = nullptr;
        bool isRevealed = false;   ///< asked for by name: stays although no listing has shown it
        std::vector<std::unique_ptr<Node>> children;
    };

    const Node &node(const QModelIndex &index) const;
    QModelIndex indexOf(const Node &node) const;
    Node *find(const ObjectAddress &place) const;
    Node *childOf(const Node &parent, const ObjectAddress &place) const;
    static std::size_t places(const Node &node);
    Node *insert(Node &parent, const ObjectAddress &place);
    void reset();
    void takeBuckets();
    void takeLevel(const ObjectAddress &place);
    void mergeLevel(Node &parent, const QList<ObjectAddress> &level, bool isWhole);
    void setNote(Node &parent, bool isThere);
    PlaceListing::State stateOf(const Node &node) const;
    QString noteText(const Node &level) const;
    QString name(const Node &node) const;

    StoreListings &m_listings;
    std::unique_ptr<Node> m_root;
};

}  // namespace packmule
